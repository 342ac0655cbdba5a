// A start that is run call by call, until the moment comes at which it is to be held.
//
//   Instance& instance = StartTraced(stage, options);
//   CallStepper* held = HoldAt(stage, instance, CallStepper::ForHeld(instance.pid()), moment,
//                              IsDone(stage, instance));
#pragma once

#include <functional>
#include <string>

#include "harness/faults/call_stepper.h"
#include "harness/stage/stage.h"

namespace pidfall {

// Stopped before its first instruction.
Instance& StartTraced(Stage& stage, StartOptions options);

// It looks settled, and no process of it runs.
std::function<bool()> IsDone(Stage& stage, const Instance& instance);

// Null when the moment did not come: then the instance runs on. `when` is read once it has come.
CallStepper* HoldAt(Stage& stage, Instance& instance, CallStepper stepper,
                    const CallStepper::HoldWhen& moment, const std::function<bool()>& is_over,
                    const std::string& when = "");

}  // namespace pidfall
