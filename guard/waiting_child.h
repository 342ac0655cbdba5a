// The child that waits for a lock on its parent's behalf: see lock_wait.cpp.
#pragma once

#include <sys/types.h>

namespace pidfall::guard {

// As fork(): the program should not hear of a child that it did not start.
pid_t StartWaitingChild();

// Called by the child: it must not outlive its parent, where the system can see to that.
void EndWithParent();

// Until it has ended; collects its status.
void CollectWaitingChild(pid_t child);

}  // namespace pidfall::guard
