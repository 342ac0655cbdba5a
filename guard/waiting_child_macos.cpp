// Written from Apple's headers; never run. The program's fork hooks and SIGCHLD handler do run for
// the child there, and a killed parent's child waits on until it gets the lock, and ends.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "guard/waiting_child.h"

namespace pidfall::guard {

pid_t StartWaitingChild() { return fork(); }

void EndWithParent() {}

void CollectWaitingChild(pid_t child) {
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace pidfall::guard
