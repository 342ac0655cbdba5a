// The lock of a safeguard: who holds it, and who took it.
#pragma once

#include <string>

#include "harness/stage/stage.h"
#include "harness/stage/story_end.h"

namespace pidfall {

// The same breach. Where another start serves although the owner holds a lock on its pid file, on a
// file named after that, or on one of the target's guard_files, this cause stands before the
// observation: the lock keeps nobody out (useless_locks.h), the other start holds one, too, or
// none, or the locked file was removed, or the other start ends soon, because it asks for the lock
// when it serves already.
Breach DueToItsLock(Stage& stage, const Instance& owner, const Breach& breach);

// Why an owner holds no lock, although one was taken when it started. Empty: none was, or it was
// released on purpose.
struct LostLock {
  std::string text;
  bool is_sure = false;  // else it may have been meant for the start-up alone
};

// Starts the target.
LostLock WhyItHoldsNoLock(Stage& stage);

}  // namespace pidfall
