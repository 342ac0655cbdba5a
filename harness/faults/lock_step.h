// Several starts at one instant: released together, or made to take turns.
//
//   for (Instance* start : StartInLockStep(stage, {{}, {}}, 1)) ...   // one call each, in turn
#pragma once

#include <vector>

#include "harness/stage/stage.h"

namespace pidfall {

// All execute their program, then all are released at one moment.
std::vector<Instance*> StartTogether(Stage& stage, const std::vector<StartOptions>& all);
// Runs the starts in lock step, from the first call that touches the safeguard: `calls` such calls
// each, in turn. The first to listen is held until the rest have decided. C2: a start whose
// listen() fails decides, too.
std::vector<Instance*> StartInLockStep(Stage& stage, const std::vector<StartOptions>& all,
                                       int calls);

}  // namespace pidfall
