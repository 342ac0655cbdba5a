// Locks that keep nobody out, because each start gets one.
//
//   if (const std::string why = UselessLockOf(stage, owner); !why.empty()) throw breach.DueTo(why);
//   // "the flock lock on /run/x.pid that A holds keeps nobody out, since it is shared"
#pragma once

#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// The pid file, a file whose name begins with its name, or one of the target's guard_files.
bool IsGuardFile(const Stage& stage, const std::string& path);

// The lock of the owner that is shared, is on a file without a name (O_TMPFILE, memfd), or has
// another name in another start that is there: of a file, or of an abstract unix socket that is
// bound and does not listen. Empty: there is none, or another lock of the owner keeps others out.
std::string UselessLockOf(const Stage& stage, const Instance& owner);

}  // namespace pidfall
