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
// False, too, when it comes to nothing within the bound: then it is killed.
bool ServesInTime(Stage& stage, Instance& instance);

// For other questions:
//
//   Settling settling = SettlingOn(stage);
//   stage.WaitUntil([&] { return See(stage, instance, settling).stays(); }, bound);
Settling SettlingOn(const Stage& stage);
const Settling& See(const Stage& stage, const Instance& instance, Settling& settling);

Sighting LookAt(const Stage& stage, const Instance& instance);
// The same, where the caller knows whether it listens: the target's port may still be unknown.
Sighting LookAt(const Instance& instance, bool listens, bool first_listens);

// No process of it runs.
bool Sleeps(const Instance& instance);
// See IsAtRest in observe/settling.h; of its processes now.
bool IsAtRest(const Instance& instance);
bool AllAtRest(const Stage& stage);

}  // namespace pidfall
