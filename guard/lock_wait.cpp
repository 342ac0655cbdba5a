#include "guard/lock_wait.h"

#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "guard/identity.h"
#include "guard/waiting_child.h"

namespace pidfall::guard {
namespace {

Waited FromErrno() { return errno == EINTR ? Waited::kInterrupted : Waited::kFailed; }

[[noreturn]] void LockAndEnd(int fd, pid_t parent) {
  EndWithParent();
  if (getppid() != parent) _exit(1);
  while (flock(fd, LOCK_EX) != 0 && errno == EINTR) {
  }
  _exit(0);
}

// flock has no time limit, and a signal that interrupts it could be one that the program uses. But
// the lock belongs to the open file, which a child shares: a child waits, and is ended in time.
Waited WaitInChild(int fd, std::chrono::steady_clock::time_point deadline) {
  const pid_t parent = getpid();
  const pid_t child = StartWaitingChild();
  if (child == 0) LockAndEnd(fd, parent);
  if (child < 0) return Waited::kFailed;
  const Descriptor process = OpenProcess(child);
  const bool ended = process.valid() && WaitUntilEnded(process, deadline);
  const bool interrupted = !ended && errno == EINTR && std::chrono::steady_clock::now() < deadline;
  if (!ended) kill(child, SIGKILL);
  CollectWaitingChild(child);
  // Also after the deadline: the child may have got the lock at the last moment; then it is ours.
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return Waited::kLocked;
  return interrupted ? Waited::kInterrupted : Waited::kTimeOver;
}

}  // namespace

Waited WaitForLock(int fd, std::optional<std::chrono::steady_clock::time_point> deadline) {
  if (deadline) return WaitInChild(fd, *deadline);
  return flock(fd, LOCK_EX) == 0 ? Waited::kLocked : FromErrno();
}

}  // namespace pidfall::guard
