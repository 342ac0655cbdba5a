// The lock of a safeguard: who holds it, and who took it.
#pragma once

#include <string>

#include "harness/stage/stage.h"
#include "harness/stage/story_end.h"

namespace pidfall {

// The breach, with what it comes of where another start serves although the owner holds a lock on its
// pid file, or on a file named after that.
Breach DueToItsLock(const Stage& stage, const Instance& owner, const Breach& breach);

// Starts the target. The name of its pid file where a process locked that and has ended when the
// start serves: a launcher, say, which took the lock along. Empty: there is none such.
std::string LockThatEndedWithItsTaker(Stage& stage);

}  // namespace pidfall
