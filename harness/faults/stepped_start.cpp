#include "harness/faults/stepped_start.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "harness/observe/given_time.h"
#include "harness/stage/expect.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

// On a busy machine, a moment that the start is too slow to reach must not pass for one that it
// does not have: the bound is of the time that the start was given.
bool RunInTime(Stage& stage, const Instance& instance, CallStepper& stepper,
               const CallStepper::HoldWhen& moment, const std::function<bool()>& is_over) {
  constexpr std::chrono::milliseconds kAskedEvery{100};
  const Duration bound = BoundOfStart(stage, stage.target().start_timeout);
  GivenTime given([&] { return std::vector{ProcessorTimesOf(instance)}; });
  do {
    if (stepper.RunUntil(moment, is_over, kAskedEvery)) return true;
    if (is_over() && !stepper.HasUncollectedEnd()) return false;
  } while (given.SoFar() < bound);
  stage.Saw("it was neither held nor done in time");
  return false;
}

}  // namespace

Instance& StartTraced(Stage& stage, StartOptions options) {
  options.held = true;
  return stage.Start(options);
}

std::function<bool()> IsDone(Stage& stage, const Instance& instance) {
  return [&stage, &instance, settling = SettlingOn(stage)]() mutable {
    stage.Update();
    return See(stage, instance, settling).looks().has_value() && Sleeps(instance);
  };
}

CallStepper* HoldAt(Stage& stage, Instance& instance, CallStepper stepper,
                    const CallStepper::HoldWhen& moment, const std::function<bool()>& is_over,
                    const std::string& when) {
  if (!RunInTime(stage, instance, stepper, moment, is_over)) {
    stepper.Release();
    return nullptr;
  }
  auto holder = std::make_unique<CallStepper>(std::move(stepper));
  CallStepper* held = holder.get();
  instance.HoldBy(std::move(holder), when);
  return held;
}

}  // namespace pidfall
