// The child that waits for a lock on its parent's behalf: see lock_wait.cpp.
#pragma once

#include <sys/types.h>

namespace pidfall::guard {

// Like fork(), but the program should not notice a child that it did not start.
pid_t StartWaitingChild();

// Called by the child: it must not outlive its parent, where the system can ensure that.
void EndWithParent();

// Waits until it has ended, and collects its status.
void CollectWaitingChild(pid_t child);

}  // namespace pidfall::guard
