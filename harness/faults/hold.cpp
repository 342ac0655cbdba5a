#include "harness/faults/hold.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "harness/faults/call_stepper.h"
#include "harness/faults/guard_calls.h"
#include "harness/faults/stepped_start.h"
#include "harness/stage/serving.h"

namespace pidfall {
namespace {

bool ClosesSomething(long call) {
  return call == SYS_close || call == SYS_shutdown || call == SYS_close_range;
}

CallStepper Trace(pid_t pid) {
  try {
    return CallStepper::ForRunning(pid);
  } catch (const std::system_error& error) {
    SkipIfForbidden(error);
    throw;
  }
}

// The kernel gives a signal to a thread that runs or sleeps before one that its tracer holds, and
// in many servers only the first thread acts on it.
void GoOn(CallStepper& stepper) {
  constexpr std::chrono::milliseconds kBackInItsCall{100};
  stepper.RunUntil([](const Call&) { return false; }, [] { return true; }, kBackInItsCall);
}

bool HasEnded(Stage& stage, const Instance& instance) {
  stage.Update();
  return instance.ended() && instance.Processes().empty();
}

}  // namespace

Instance& StartUntil(Stage& stage, int nth, Moments moments, const StartOptions& options) {
  Instance& instance = StartTraced(stage, options);
  GuardCalls calls(stage, instance);
  MomentSearch search(moments, nth);
  const auto moment = [&](const Call& call) {
    const auto seen = calls.See(call);
    return seen && search.IsIt(*seen);
  };
  HoldAt(stage, instance, CallStepper::ForHeld(instance.pid()), moment, IsDone(stage, instance),
         search.when());
  if (instance.IsHeld()) {
    stage.Did("hold " + instance.name() + " at moment " + std::to_string(nth) + ", " +
              search.when());
  }
  return instance;
}

void StopUntil(Stage& stage, Instance& instance, int nth) {
  const auto main = instance.MainProcess();
  if (!main) throw Broken(instance.name() + " has ended before it was stopped");
  GuardCalls calls(stage, instance);
  CallStepper stepper = Trace(*main);
  GoOn(stepper);
  stage.Signal(instance, SIGTERM);
  bool serves = Serves(stage, instance);
  MomentSearch search(Moments::kTouches, nth);
  const auto moment = [&](const Call& call) {
    const auto seen = calls.See(call);
    if (!call.returned) return false;
    const bool closed = serves && ClosesSomething(call.number) && !Serves(stage, instance);
    if (closed) serves = false;
    if (seen && !closed) return search.IsIt(*seen);
    return closed &&
           search.IsIt({.kind = GuardCall::kClose, .object = "its port", .returned = true});
  };
  HoldAt(
      stage, instance, std::move(stepper), moment, [&] { return HasEnded(stage, instance); },
      search.when());
  if (instance.IsHeld()) {
    stage.Did("hold " + instance.name() + " at moment " + std::to_string(nth) + " of its end, " +
              search.when());
  }
}

void AtEachMoment(Stage& stage, const std::function<bool(int nth)>& at) {
  constexpr int kMostMoments = 24;  // a start that logs into the folder has one for each line
  for (int nth = 1; nth <= kMostMoments; ++nth) {
    if (!at(nth)) return;
  }
  stage.Saw("as many as " + std::to_string(kMostMoments) + " moments: later ones were not tried");
}

void Release(Stage& stage, Instance& held) {
  if (held.IsHeld()) {
    stage.Did("let " + held.name() + " go on");
    return held.ReleaseFromHolder();
  }
  waitpid(held.pid(), nullptr, WUNTRACED);
  ptrace(PTRACE_DETACH, held.pid(), nullptr, nullptr);
}

}  // namespace pidfall
