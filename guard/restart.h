// Passes the lock through exec to the program that replaces this one: it is never free in between.
//
//   if (PassLockOn(fd)) execv(...);            // then, in the new program:
//   Descriptor lock = TakeInheritedLock(folder);
//
// The environment names the descriptor and this pid, so that children that inherit the variable
// never take the lock for theirs.
#pragma once

#include "guard/descriptor.h"
#include "guard/lock_file.h"

namespace pidfall::guard {

inline constexpr const char* kInheritedLock = "PIDFALL_GUARD_LOCK";

bool PassLockOn(int fd);

// Invalid unless it was passed on to this process and is this folder's lock file.
Descriptor TakeInheritedLock(const Folder& folder);

}  // namespace pidfall::guard
