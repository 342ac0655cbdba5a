#include "harness/faults/hold.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "harness/faults/call_stepper.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

// More than any start makes from the first call that touches its safeguard to the last.
constexpr int kLockStepCalls = 64;

// A start that slept for this many turns is blocked; one turn may be another thread's mutex.
constexpr int kPatience = 5;

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

// Null when the moment did not come: then the instance runs on.
CallStepper* HoldAt(Stage& stage, Instance& instance, CallStepper stepper,
                    const CallStepper::HoldWhen& moment, const std::function<bool()>& is_over) {
  if (!stepper.RunUntil(moment, is_over, stage.target().start_timeout)) {
    stepper.Release();
    return nullptr;
  }
  auto holder = std::make_unique<CallStepper>(std::move(stepper));
  CallStepper* held = holder.get();
  instance.HoldBy(std::move(holder));
  return held;
}

// It looks settled, and no process of it runs.
std::function<bool()> IsDone(Stage& stage, const Instance& instance) {
  return [&stage, &instance, settling = SettlingOn(stage)]() mutable {
    stage.Update();
    return See(stage, instance, settling).looks().has_value() && Sleeps(instance);
  };
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

Instance& StartTraced(Stage& stage, StartOptions options) {
  options.held = true;
  return stage.Start(options);
}

// --- lock step

struct Stepping {
  Instance* instance = nullptr;
  CallStepper* stepper = nullptr;  // the instance's own; null: it is not held
  int slept = 0;                   // this many turns
};

Stepping StartBeforeSafeguard(Stage& stage, const StartOptions& options) {
  Instance& instance = StartTraced(stage, options);
  const auto moment = [&](const Call& call) {
    return !call.returned && (call.number == SYS_bind || NamesPath(call, stage.folder()));
  };
  CallStepper* stepper = HoldAt(stage, instance, CallStepper::ForHeld(instance.pid()), moment,
                                IsDone(stage, instance));
  return {&instance, stepper};
}

enum class Turn { kTaken, kListens, kSleeps };

Turn TakeTurn(const Stepping& one, int calls, Duration bound) {
  bool listens = false;
  const auto moment = [&](const Call& call) {
    listens = call.returned && call.number == SYS_listen;
    return listens || (call.returned && --calls == 0);
  };
  const auto sleeps = [&] { return Sleeps(*one.instance); };
  if (!one.stepper->RunUntil(moment, sleeps, bound)) return Turn::kSleeps;
  return listens ? Turn::kListens : Turn::kTaken;
}

// Starts that listen stay held.
void TakeTurns(Stage& stage, std::vector<Stepping> stepping, int calls) {
  for (int taken = 0; taken < kLockStepCalls && !stepping.empty(); taken += calls) {
    std::erase_if(stepping, [&](Stepping& one) {
      const Turn turn = TakeTurn(one, calls, stage.target().start_timeout);
      one.slept = turn == Turn::kSleeps ? one.slept + 1 : 0;
      if (one.slept == kPatience) Release(stage, *one.instance);
      return turn == Turn::kListens || one.slept == kPatience;
    });
  }
  for (const Stepping& one : stepping) Release(stage, *one.instance);
}

}  // namespace

Instance& StartUntil(Stage& stage, int nth, FolderEvents events, const StartOptions& options) {
  const FolderWatch folder(stage.folder(), events);
  Instance& instance = StartTraced(stage, options);
  int seen = 0;
  const auto moment = [&](const Call& call) {
    return call.returned && (folder.Take() || call.number == SYS_listen) && ++seen == nth;
  };
  HoldAt(stage, instance, CallStepper::ForHeld(instance.pid()), moment, IsDone(stage, instance));
  if (instance.IsHeld()) {
    stage.Did("hold " + instance.name() + " at moment " + std::to_string(nth));
  }
  return instance;
}

void StopUntil(Stage& stage, Instance& instance, int nth) {
  const auto main = instance.MainProcess();
  if (!main) throw Broken(instance.name() + " has ended before it was stopped");
  const FolderWatch folder(stage.folder(), FolderEvents::kTouches);
  CallStepper stepper = Trace(*main);
  GoOn(stepper);
  stage.Signal(instance, SIGTERM);
  bool serves = Serves(stage, instance);
  int seen = 0;
  const auto moment = [&](const Call& call) {
    if (!call.returned) return false;
    const bool closed = serves && ClosesSomething(call.number) && !Serves(stage, instance);
    if (closed) serves = false;
    return (folder.Take() || closed) && ++seen == nth;
  };
  HoldAt(stage, instance, std::move(stepper), moment, [&] { return HasEnded(stage, instance); });
  if (instance.IsHeld()) {
    stage.Did("hold " + instance.name() + " at moment " + std::to_string(nth) + " of its end");
  }
}

void AtEachMoment(Stage& stage, const std::function<bool(int nth)>& at) {
  constexpr int kMostMoments = 16;  // a start that logs into the folder has one for each line
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

std::vector<Instance*> StartTogether(Stage& stage, const std::vector<StartOptions>& all) {
  std::vector<Instance*> started;
  started.reserve(all.size());
  for (const StartOptions& options : all) started.push_back(&StartTraced(stage, options));
  // Each has stopped at its first instruction; only then may the first one run.
  for (const Instance* instance : started) waitpid(instance->pid(), nullptr, WUNTRACED);
  for (Instance* instance : started) ptrace(PTRACE_DETACH, instance->pid(), nullptr, nullptr);
  return started;
}

std::vector<Instance*> StartInLockStep(Stage& stage, const std::vector<StartOptions>& all,
                                       int calls) {
  std::vector<Instance*> started;
  std::vector<Stepping> stepping;
  for (const StartOptions& options : all) {
    const Stepping one = StartBeforeSafeguard(stage, options);
    started.push_back(one.instance);
    if (one.stepper != nullptr) stepping.push_back(one);
  }
  stage.Did("let each make " + std::to_string(calls) + " system calls in turn");
  TakeTurns(stage, stepping, calls);
  // The start that has the port is slow to answer: the others have to decide without it.
  for (Instance* instance : started) {
    if (!instance->IsHeld()) Settle(stage, *instance);
  }
  for (Instance* instance : started) {
    if (instance->IsHeld()) Release(stage, *instance);
  }
  return started;
}

}  // namespace pidfall
