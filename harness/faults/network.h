// The settings of the sandbox's own network.
//
//   LeaveOnePortToTheKernel(stage, stage.port());
#pragma once

#include "harness/stage/stage.h"

namespace pidfall {

// From now on each outgoing connection gets this port. Skip without a full sandbox: the setting
// would be the machine's, and no other program could connect to anything. NotApplicable for a port
// that the kernel never gives: one of those that need a privilege, 1 to 1023 as a rule.
void LeaveOnePortToTheKernel(Stage& stage, int port);

}  // namespace pidfall
