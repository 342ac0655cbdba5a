// The outcome of a start on the stage.
//
//   if (Settle(stage, contender) == Outcome::kServes) ...
//
// The looks are taken here; Settling judges them (observe/settling.h).
#pragma once

#include "harness/observe/settling.h"
#include "harness/stage/stage.h"

namespace pidfall {

// Waits until it serves, has ended or waits. Broken when it does not within `bound`.
Outcome Settle(Stage& stage, Instance& instance, Duration bound);
Outcome Settle(Stage& stage, Instance& instance);

// For other questions:
//
//   Settling settling = SettlingOn(stage);
//   stage.WaitUntil([&] { return See(stage, instance, settling).stays(); }, bound);
Settling SettlingOn(const Stage& stage);
const Settling& See(const Stage& stage, const Instance& instance, Settling& settling);

// No process of it runs.
bool Sleeps(const Instance& instance);
// Every process of it waits without a timeout.
bool IsAtRest(const Instance& instance);
bool AllAtRest(const Stage& stage);

}  // namespace pidfall
