// Handing the lock to the program that exec replaces this one by: it is free at no moment.
//
//   if (PassLockOn(fd)) execv(...);            // then, in the new program:
//   Descriptor lock = TakeInheritedLock(folder);
//
// The environment names the descriptor and this pid, so that children which inherit the variable
// never take it for theirs.
#pragma once

#include "guard/descriptor.h"
#include "guard/lock_file.h"

namespace pidfall::guard {

inline constexpr const char* kInheritedLock = "PIDFALL_GUARD_LOCK";

bool PassLockOn(int fd);

// Invalid unless it was passed on to this very process and is this folder's lock file.
Descriptor TakeInheritedLock(const Folder& folder);

}  // namespace pidfall::guard
