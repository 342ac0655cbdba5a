// One start of a target under trace, from one call that touches its safeguard to the next.
//
//   TracedStart start(stage, safeguard, {.pid = 4000});
//   const ContenderEvent event = start.Next(bound);   // held before its first such call
//
// Between those calls it runs freely, system call by system call.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "harness/observe/settling.h"
#include "harness/stage/attention.h"
#include "harness/stage/stage.h"
#include "harness/tracer/contender.h"
#include "harness/tracer/process_tree.h"

namespace pidfall {

struct StartPlan {
  pid_t pid = 0;        // that it must get; 0: any
  int port = 0;         // 0: the stage's
  bool yields = false;  // it stops at each timed sleep
  // Told of every call of it, at the entry and the return, before all else.
  std::function<void(const ProcessTree::Stop&)> on_stop{};
};

// The same plan with another `on_stop`.
StartPlan SeenBy(StartPlan plan, std::function<void(const ProcessTree::Stop&)> on_stop);

// A process under trace that stands still.
struct HeldStart {
  Child child;
  UniqueFd output;     // what it writes
  std::string said{};  // before it was held
  ProcessTree::Held how = ProcessTree::kAfterExec;
  std::shared_ptr<void> lease{};  // kept as long as it lives
};

// Starts the target's program. `before_exec`: last in the child.
HeldStart LaunchTraced(const Stage& stage, const StartPlan& plan,
                       const std::function<void()>& before_exec = {});
// Then the kernel gives its children the pids after its own, in every run.
void FixNextPid(pid_t pid);

class TracedStart : public Contender {
 public:
  TracedStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan)
      : TracedStart(stage, safeguard, plan, LaunchTraced(stage, plan)) {}
  TracedStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan, HeldStart held);

  ContenderEvent Next(Duration bound) override;
  // When held before a call: the call is not made, and fails with this error. With `made` it is
  // made first, like a close that fails.
  void FailCall(int error, bool made);
  // When held before a read or a write: it gets only one byte.
  void ShortenCall();

  pid_t pid() const override { return child_.pid; }
  std::vector<pid_t> Processes() const override { return tree_.Processes(); }
  const std::optional<Ending>& ending() const override { return tree_.ending(); }
  void Terminate() override;
  void Kill() override { tree_.Kill(); }

  bool RunsAgain() const override { return !tree_.Sleeps(); }
  bool Serves() const override;
  bool LooksBeyond() const override { return looks_beyond_ || !unseen_.empty(); }
  const std::string& Output() override;

  // A way to change its safeguard that no call shows: a mapped file, io_uring.
  const std::string& unseen() const { return unseen_; }

 private:
  struct Pending {
    int error = 0;
    bool shortened = false;
  };

  std::optional<ProcessTree::Stop> NextStop();
  bool HasToWait(const ProcessTree::Stop& stop);
  std::optional<ContenderEvent> Take(const ProcessTree::Stop& stop);
  std::optional<ContenderEvent> TakeEntry(const ProcessTree::Stop& stop);
  std::optional<ContenderEvent> TakeReturn(const ProcessTree::Stop& stop);
  bool FallsAsleep();
  bool IsAtRest(std::chrono::steady_clock::time_point quiet_since) const;
  bool IsWithin(Duration bound, Duration passed) const;
  void NoteUnseen(const ProcessTree::Stop& stop);

  Stage& stage_;
  int port_;
  bool yields_;
  std::function<void(const ProcessTree::Stop&)> on_stop_;
  Child child_;
  UniqueFd output_fd_;
  std::string output_;
  std::shared_ptr<void> lease_;
  ProcessTree tree_;
  Attention attention_;
  std::map<pid_t, NamedCall> calls_;  // the current calls, by their threads
  std::map<std::pair<std::string, std::string>, int> occurrences_;
  std::map<pid_t, Pending> pending_;
  std::optional<pid_t> held_;
  std::deque<ProcessTree::Stop> waiting_;  // entries, until another thread's call is over
  std::string unseen_;
  bool looks_beyond_ = false;
  int looks_asleep_ = 0;  // in a row
};

}  // namespace pidfall
