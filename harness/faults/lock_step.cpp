#include "harness/faults/lock_step.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "harness/faults/guard_calls.h"
#include "harness/faults/hold.h"
#include "harness/faults/stepped_start.h"
#include "harness/stage/expect.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

// More than any start makes from the first call that touches its safeguard to the last.
constexpr int kLockStepCalls = 64;

// A start that slept for this many turns is blocked; one turn may be another thread's mutex.
constexpr int kPatience = 5;

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
