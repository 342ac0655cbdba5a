// Runs a process system call by system call, to hold it at a chosen moment.
//
//   CallStepper stepper = CallStepper::ForHeld(server.pid());
//   const auto has_renamed = [](const Call& call) { return call.returned && ...; };
//   if (stepper.RunUntil(has_renamed, is_over, bound)) ...   // it stands right after that call
//   stepper.Release();
//
// A SIGSTOP that is sent after an event is a few instructions too late, and the critical moment is
// no longer than that. Here the process is checked between one call and the next. All threads of
// the process are stepped, and its children are followed.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/kernel/raw_call.h"
#include "harness/process/launch.h"
#include "harness/stage/instance.h"

namespace pidfall {

// A system call, at its entry or when it has returned.
struct Call : RawCall {
  pid_t thread = 0;
  bool returned = false;
};

class CallStepper final : public Holder {
 public:
  // A child of ours that asked to be traced and has executed its program (StartOptions::held).
  static CallStepper ForHeld(pid_t pid);
  // Every thread of a running process.
  static CallStepper ForRunning(pid_t pid);

  // Called before each system call, and after its return.
  using HoldWhen = std::function<bool(const Call& call)>;
  // True: the process is held at the first call for which `when` is true. False: it ended,
  // `is_over` (called while nothing happens, and sometimes in between) is true, or `bound` is over;
  // then it must still be released.
  bool RunUntil(const HoldWhen& when, const std::function<bool()>& is_over, Duration bound);
  // A process has ended, and its parent is not told yet: until the next RunUntil it seems to wait.
  bool HasUncollectedEnd() const;

  // All of it runs on, untraced.
  void Release() override;
  void Collect() override;

 private:
  struct Tracee {
    bool is_new = true;  // its first stop comes from us
    bool stopped = false;
    Call call;  // the one that it is in
  };
  struct Stop {
    bool ended = false;
    int signal = 0;
    int event = 0;
  };

  explicit CallStepper(pid_t pid) : leader_(pid) {}
  std::optional<Stop> NextStop(pid_t id) const;
  bool HandleStops(const HoldWhen& when);
  bool IsDeadLeader(pid_t id) const;
  bool Handle(pid_t id, const Stop& stop, const HoldWhen& when);
  bool ShouldHold(pid_t id, const HoldWhen& when);
  void HandleEvent(pid_t id, int event);
  std::vector<pid_t> Ids() const;
  void Resume(pid_t id, int signal);
  bool AllHaveStopped();
  void TakeFirstStop(pid_t id);
  void LetGoOf(pid_t id);
  bool AllAreFree();
  void AwaitAll(const std::function<bool()>& done, const std::string& what) const;

  pid_t leader_;
  std::map<pid_t, Tracee> tracees_;
};

}  // namespace pidfall
