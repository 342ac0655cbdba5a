#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "guard/waiting_child.h"

namespace pidfall::guard {

// A raw clone: no fork hook runs, and without an exit signal the program's SIGCHLD handler is not
// called.
pid_t StartWaitingChild() {
  return static_cast<pid_t>(syscall(SYS_clone, 0, nullptr, nullptr, nullptr, 0));
}

void EndWithParent() { prctl(PR_SET_PDEATHSIG, SIGKILL); }

// Only __WALL waits for a child without an exit signal.
void CollectWaitingChild(pid_t child) {
  while (waitpid(child, nullptr, __WALL) < 0 && errno == EINTR) {
  }
}

}  // namespace pidfall::guard
