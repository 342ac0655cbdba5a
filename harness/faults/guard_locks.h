// The lock of a safeguard: who holds it, and who took it.
#pragma once

#include <string>

#include "harness/stage/stage.h"
#include "harness/stage/story_end.h"

namespace pidfall {

// The same breach. Where another start serves although the owner holds a lock on its pid file, or
// on a file named after that, this cause stands before the observation: the lock keeps nobody out,
// or the other start ends soon, because it asks for the lock when it serves already.
Breach DueToItsLock(Stage& stage, const Instance& owner, const Breach& breach);

// Starts the target. The result is the name of the pid file where the process that locked it, a
// launcher for example, has ended when the start serves: the lock has ended with it. Else empty.
std::string LockThatEndedWithItsTaker(Stage& stage);

}  // namespace pidfall
