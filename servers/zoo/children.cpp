#include "servers/zoo/children.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/serve.h"
#include "servers/zoo/stop.h"

namespace pidfall::zoo {
namespace {

pid_t worker = 0;
int to_parent = -1;
bool helper_awaits_request = false;

pid_t Fork() {
  const pid_t child = fork();
  if (child < 0) throw Failure("cannot fork", "a child", errno);
  return child;
}

void IgnoreStopSignals() {
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
}

int StatusOf(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kFailure;
}

// Otherwise a stop signal that came while the child started would reach only the parent.
void PassStopSignalOn(pid_t child) {
  sigset_t pending;
  sigpending(&pending);
  if (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1) {
    kill(child, SIGTERM);
  }
}

[[noreturn]] void EndAsParent(pid_t child, int from_child) {
  char word = 0;
  ssize_t got = 0;
  do {
    got = read(from_child, &word, 1);
  } while (got < 0 && errno == EINTR);
  PassStopSignalOn(child);
  _exit(got == 1 ? 0 : StatusOf(child));
}

}  // namespace

void StartLockHolder() {
  if (Fork() != 0) return;
  IgnoreStopSignals();
  while (true) pause();
}

void StartWorker(int listening, Guard& guard) {
  worker = Fork();
  if (worker != 0) return;
  guard.LeaveToParent();
  IgnoreStopSignals();
  Serve(listening, guard);
}

void EndWorker() {
  if (worker == 0) return;
  kill(worker, SIGKILL);
  StatusOf(worker);
}

void AwaitRequestForHelper() { helper_awaits_request = true; }

void StartHelperOnce(int listening) {
  if (!helper_awaits_request) return;
  helper_awaits_request = false;
  if (Fork() != 0) return;
  // Everything else that is open is closed by the exec.
  if (Has(Defect::kHelperKeepsPort)) fcntl(listening, F_SETFD, 0);
  const EndOnStopSignal ends_as_any_program_does;
  execlp("sleep", "sleep", "infinity", nullptr);
  _exit(kFailure);
}

void ForkChildThatCleansUp(Guard& guard) {
  const pid_t child = Fork();
  if (child != 0) {
    StatusOf(child);
    return;
  }
  guard.Release();
  _exit(0);
}

void GoToBackground() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure("cannot open", "a pipe", errno);
  const pid_t child = Fork();
  if (child != 0) {
    close(ends[1]);
    EndAsParent(child, ends[0]);
  }
  close(ends[0]);
  to_parent = ends[1];
  setsid();
}

void TellParentThatWeServe() {
  if (to_parent < 0) return;
  const bool told = write(to_parent, ".", 1) == 1;
  close(to_parent);
  to_parent = told ? -1 : to_parent;
}

}  // namespace pidfall::zoo
