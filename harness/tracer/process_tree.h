// Every process and thread of one start, under ptrace: each of its system calls stops at its entry
// and at its return.
//
//   ProcessTree tree(held);                        // LaunchOptions::before_exec: PTRACE_TRACEME
//   while (auto stop = tree.Next(bound)) {
//     ...                                          // stop->thread stands still
//     tree.Resume(stop->thread);
//   }
//
// Forks, threads and execs are followed automatically. It waits only for its own threads, so that
// the ends of our other children are not lost. Traced processes die with us (EXITKILL).
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "harness/kernel/raw_call.h"
#include "harness/process/fd.h"
#include "harness/process/launch.h"

namespace pidfall {

// The signal at a call's entry and return: PTRACE_O_TRACESYSGOOD makes it of SIGTRAP.
inline constexpr int kCallStop = SIGTRAP | 0x80;

class ProcessTree {
 public:
  struct Stop {
    pid_t thread = 0;
    RawCall call;
    bool returned = false;
    pid_t process = 0;  // of the thread
    pid_t parent = 0;   // the process that forked that one; 0: of the started process
  };

  // A child of ours that asked to be traced and has executed its program, or a copy of one
  // (prepared_start.h), which has the options of a traced process already.
  enum Held { kAfterExec, kAsCopy };
  explicit ProcessTree(pid_t held, Held how = kAfterExec);
  ~ProcessTree();
  ProcessTree(const ProcessTree&) = delete;
  ProcessTree& operator=(const ProcessTree&) = delete;

  // The next call of any of them. Empty: none came within `bound`, or no process is left.
  std::optional<Stop> Next(Duration bound);
  void Resume(pid_t thread);

  // No process of it is left.
  bool IsOver() const { return tracees_.empty(); }
  // Each thread that is not held sleeps in a call: only other processes, or time, can wake it.
  bool Sleeps() const;
  // That sleep has no timeout.
  bool SleepsForGood() const;
  // The processes that live, in the order of their numbers.
  std::vector<pid_t> Processes() const;
  // The end of the started process; empty until it has ended.
  const std::optional<Ending>& ending() const { return ending_; }

  // Sends SIGKILL to all of it, and collects it.
  void Kill();

 private:
  struct Tracee {
    pid_t process = 0;
    pid_t parent = 0;
    bool is_new = true;  // its first stop is of our own making
    bool held = false;
    bool in_vfork = false;
    RawCall call;  // the one that it is in
  };

  std::optional<Stop> Scan();
  std::optional<Stop> Look(pid_t thread);
  std::optional<Stop> Handle(pid_t thread, int status);
  std::optional<Stop> HandleCall(pid_t thread, Tracee& tracee);
  void HandleEvent(pid_t thread, int event);
  void HandleEnd(pid_t thread, int status);
  void Add(pid_t thread, const Tracee& maker);
  void FindThreads();
  void Collect(pid_t thread);
  void Continue(pid_t thread, int signal);
  bool AwaitChange(Duration bound);

  pid_t leader_;
  std::map<pid_t, Tracee> tracees_;
  std::optional<Ending> ending_;
  UniqueFd signals_;      // stops of tracees come as SIGCHLD, which stays blocked
  std::set<pid_t> seen_;  // every process that it ever had
};

// The number of processors that this process may use.
int ProcessorCount();
// From now on this process and its new children run on one processor: then a stop costs a fraction.
void PinToOneProcessor(size_t index);

}  // namespace pidfall
