#include "harness/faults/hold.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "harness/faults/call_stepper.h"
#include "harness/faults/guard_calls.h"
#include "harness/observe/given_time.h"
#include "harness/stage/expect.h"
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

// On a busy machine, a moment that the start is too slow to reach must not pass for one that it
// does not have: the bound is of the time that the start was given.
bool RunInTime(Stage& stage, const Instance& instance, CallStepper& stepper,
               const CallStepper::HoldWhen& moment, const std::function<bool()>& is_over) {
  constexpr std::chrono::milliseconds kAskedEvery{100};
  const Duration bound = BoundOfStart(stage, stage.target().start_timeout);
  GivenTime given([&] { return std::vector{ProcessorTimesOf(instance)}; });
  do {
    if (stepper.RunUntil(moment, is_over, kAskedEvery)) return true;
    if (is_over()) return false;
  } while (given.SoFar() < bound);
  stage.Saw("it was neither held nor done in time");
  return false;
}

// Null when the moment did not come: then the instance runs on. `when` is read once it has come.
CallStepper* HoldAt(Stage& stage, Instance& instance, CallStepper stepper,
                    const CallStepper::HoldWhen& moment, const std::function<bool()>& is_over,
                    const std::string& when = "") {
  if (!RunInTime(stage, instance, stepper, moment, is_over)) {
    stepper.Release();
    return nullptr;
  }
  auto holder = std::make_unique<CallStepper>(std::move(stepper));
  CallStepper* held = holder.get();
  instance.HoldBy(std::move(holder), when);
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

// --- moments

// Counts them.
class MomentSearch {
 public:
  MomentSearch(Moments moments, int nth) : moments_(moments), nth_(nth) {}

  // It is the one that was asked for.
  bool IsIt(const GuardCall& call) {
    const bool is_one = IsMoment(call);
    if (is_one) looked_ = false;
    if (call.kind == GuardCall::kLook || call.kind == GuardCall::kOpen) looked_ = true;
    if (!is_one || ++seen_ != nth_) return false;
    when_ = call.When();
    return true;
  }

  const std::string& when() const { return when_; }

 private:
  bool IsMoment(const GuardCall& call) const {
    if (!call.returned) return moments_ == Moments::kChecks && looked_ && MayRestOnLook(call);
    if (call.failed) return false;
    if (call.kind == GuardCall::kListen) return true;
    return moments_ == Moments::kNewFiles ? IsNew(call) : call.Changes() || IsAlso(call);
  }

  static bool IsNew(const GuardCall& call) {
    return call.kind == GuardCall::kCreate || call.kind == GuardCall::kReplace;
  }

  bool IsAlso(const GuardCall& call) const {
    if (moments_ == Moments::kChecks) return call.kind == GuardCall::kLock;
    return moments_ == Moments::kTouches &&
           (call.kind == GuardCall::kOpen || call.kind == GuardCall::kClose);
  }

  // With nothing looked at since the last moment, it stands where it stood then.
  static bool MayRestOnLook(const GuardCall& call) {
    const bool writes = call.kind == GuardCall::kWrite;
    return (call.Changes() && !writes) || call.kind == GuardCall::kLock ||
           call.kind == GuardCall::kBind;
  }

  Moments moments_;
  int nth_;
  int seen_ = 0;
  bool looked_ = false;
  std::string when_;
};

// --- lock step

struct Stepping {
  Instance* instance = nullptr;
  CallStepper* stepper = nullptr;  // the instance's own; null: it is not held
  std::unique_ptr<GuardCalls> calls;
  int slept = 0;  // this many turns
};

Stepping StartBeforeSafeguard(Stage& stage, const StartOptions& options) {
  Instance& instance = StartTraced(stage, options);
  auto calls = std::make_unique<GuardCalls>(stage, instance);
  const auto moment = [&](const Call& call) {
    const auto seen = calls->See(call);
    return seen && !seen->returned && seen->Touches();
  };
  CallStepper* stepper = HoldAt(stage, instance, CallStepper::ForHeld(instance.pid()), moment,
                                IsDone(stage, instance));
  return {&instance, stepper, std::move(calls)};
}

// Refused: its listen() failed, because another one had the port by then.
enum class Turn { kTaken, kListens, kRefused, kSleeps };

// From before one call to before another.
Turn TakeTurn(const Stepping& one, int calls, Duration bound) {
  Turn turn = Turn::kTaken;
  const auto moment = [&](const Call& call) {
    const auto seen = one.calls->See(call);
    if (!seen || !seen->Touches()) return false;
    const bool has_asked = seen->returned && seen->kind == GuardCall::kListen;
    if (has_asked) turn = seen->failed ? Turn::kRefused : Turn::kListens;
    return has_asked || (!seen->returned && --calls == 0);
  };
  const auto sleeps = [&] { return Sleeps(*one.instance); };
  return one.stepper->RunUntil(moment, sleeps, bound) ? turn : Turn::kSleeps;
}

// Starts that listen stay held, and so do those whose listen() failed: these are returned.
std::vector<Instance*> TakeTurns(Stage& stage, std::vector<Stepping> stepping, int calls) {
  std::vector<Instance*> refused;
  for (int taken = 0; taken < kLockStepCalls && !stepping.empty(); taken += calls) {
    std::erase_if(stepping, [&](Stepping& one) {
      const Turn turn = TakeTurn(one, calls, stage.target().start_timeout);
      one.slept = turn == Turn::kSleeps ? one.slept + 1 : 0;
      if (one.slept == kPatience) Release(stage, *one.instance);
      if (turn == Turn::kRefused) refused.push_back(one.instance);
      return turn == Turn::kListens || turn == Turn::kRefused || one.slept == kPatience;
    });
  }
  for (const Stepping& one : stepping) Release(stage, *one.instance);
  return refused;
}

// Where listen() is not checked, each start loops without end: one of them shows it.
void ReleaseRefused(Stage& stage, const std::vector<Instance*>& refused) {
  constexpr Duration kBound = kDuplicateBound + kSettlesFor;
  for (Instance* instance : refused) {
    Release(stage, *instance);
    if (instance != refused.front()) continue;
    try {
      Settle(stage, *instance, BoundOfStart(stage, kBound));
    } catch (const Broken&) {
      throw Breach("C2", "the listen() of " + instance->name() +
                             " failed, since another start had the port by then, and it goes on "
                             "as if it served: it neither serves nor ends nor stands by");
    }
  }
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
    Stepping one = StartBeforeSafeguard(stage, options);
    started.push_back(one.instance);
    if (one.stepper != nullptr) stepping.push_back(std::move(one));
  }
  stage.Did("let each make " + std::to_string(calls) + " calls to its safeguard in turn");
  ReleaseRefused(stage, TakeTurns(stage, std::move(stepping), calls));
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
