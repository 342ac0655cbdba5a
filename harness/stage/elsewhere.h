// Starts on another port. Where the pid file, not the port, identifies the instance, such a start
// shows whether the pid file alone keeps a second owner out.
//
//   ExpectQuiet(stage, stage.Start(Elsewhere(stage)), owner);
#pragma once

#include <string>
#include <vector>

#include "harness/stage/stage.h"

namespace pidfall {

// The declared start, where the port is part of the instance or cannot be chosen.
StartOptions Elsewhere(Stage& stage);
Instance& StartElsewhere(Stage& stage, const std::vector<std::string>& arguments);

// A pid file that no other start has.
std::string OtherPidFile(const Stage& stage);

}  // namespace pidfall
