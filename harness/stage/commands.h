// The target's own stop and status commands, run as people and scripts run them beside a server.
//
//   const Ending ending = RunCommand(stage, stage.target().status_command);
#pragma once

#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// In the process group `group` (0: one of its own). A signal that it sends to its own group, or to
// every process, does not hit the harness.
Ending RunCommand(Stage& stage, const std::string& command, pid_t group = 0);
// Repeats it, as monitors do, until it is killed.
Child RepeatCommand(Stage& stage, const std::string& command);

}  // namespace pidfall
