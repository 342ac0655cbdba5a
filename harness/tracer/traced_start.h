// One start of a target under trace, from one call that touches its safeguard to the next.
//
//   TracedStart start(plan, safeguard);
//   for (Event event; (event = start.Next(bound)).kind == Event::kCall || ...;) {
//     event.call.Text();                // it is held before the call, or after it
//   }
//
// Between those calls it runs freely, system call by system call.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "harness/observe/settling.h"
#include "harness/stage/attention.h"
#include "harness/stage/stage.h"
#include "harness/tracer/call.h"
#include "harness/tracer/process_tree.h"

namespace pidfall {

struct StartPlan {
  pid_t pid = 0;        // that it must get; 0: any
  int port = 0;         // 0: the stage's
  bool yields = false;  // it stops at each timed sleep
};

struct Event {
  enum Kind {
    kCall,      // held before it
    kReturned,  // held after it
    kRests,     // serves, or waits for others or for ever
    kSleeps,    // for a time; Next waits until it wakes
    kOver,      // no process of it is left
    kBound,     // no event in time, or too many processes to follow
  };
  Kind kind = kOver;
  NamedCall call;
};

class TracedStart {
 public:
  TracedStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan);

  // Continues the held process until the next event.
  Event Next(Duration bound);
  // When held before a call: the call is not made, and fails with this error. With `made` it is
  // made first, like a close that fails.
  void FailCall(int error, bool made);
  // When held before a read or a write: it gets only one byte.
  void ShortenCall();

  pid_t pid() const { return child_.pid; }
  std::vector<pid_t> Processes() const { return tree_->Processes(); }
  const std::optional<Ending>& ending() const { return tree_->ending(); }
  // Sends SIGTERM to its first process, or to the daemon that this process left.
  void Terminate();
  void Kill() { tree_->Kill(); }

  // One of its processes runs again after it was at rest.
  bool Stirs() const { return !tree_->Sleeps(); }
  // It holds a listening socket on its port; without a port: it is alive.
  bool Serves() const;
  // It waits for a lock.
  bool WaitsForLock() const;
  // Its output so far, at most the first 64 KiB.
  const std::string& Output();

  // A way to change its safeguard that no call shows: a mapped file, io_uring.
  const std::string& unseen() const { return unseen_; }

 private:
  struct Pending {
    int error = 0;
    bool shortened = false;
  };

  std::optional<Event> Take(const ProcessTree::Stop& stop);
  std::optional<Event> TakeEntry(const ProcessTree::Stop& stop);
  std::optional<Event> TakeReturn(const ProcessTree::Stop& stop);
  bool IsAtRest(std::chrono::steady_clock::time_point quiet_since) const;
  bool IsWithin(Duration bound, Duration passed) const;
  void NoteUnseen(long number);

  Stage& stage_;
  int port_;
  bool yields_;
  Child child_;
  UniqueFd output_fd_;
  std::string output_;
  std::unique_ptr<ProcessTree> tree_;
  Attention attention_;
  std::map<pid_t, NamedCall> calls_;  // the current calls, by their threads
  std::map<std::pair<std::string, std::string>, int> occurrences_;
  std::map<pid_t, Pending> pending_;
  std::optional<pid_t> held_;
  std::string unseen_;
  bool slept_ = false;  // at the last look
};

}  // namespace pidfall
