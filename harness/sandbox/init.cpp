#include "harness/sandbox/init.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "harness/kernel/process.h"
#include "harness/process/clone.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

UniqueFd WatchChildren() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return UniqueFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

void Drain(int signals) {
  signalfd_siginfo info{};
  while (read(signals, &info, sizeof(info)) > 0) {
  }
}

// The addresses of this process's arguments, from fields 48 and 49 of its stat line (proc(5)).
std::pair<char*, char*> Arguments() {
  constexpr int kFieldsBetween = 45;  // the name in parentheses is the second one
  const std::string line = ReadFile("/proc/self/stat");
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < kFieldsBetween; ++i) fields >> skipped;
  uintptr_t begin = 0, end = 0;
  fields >> begin >> end;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): our own addresses, as the kernel writes them.
  return {reinterpret_cast<char*>(begin), reinterpret_cast<char*>(end)};
}

// How `director` ended, as wait tells it, when it was among those reaped.
std::optional<int> ReapAll(pid_t director) {
  std::optional<int> directors;
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == director) directors = status;
  }
  return directors;
}

// As the exit status of init.
int ReapUntilOver(int lifeline, int signals, pid_t director, const SystemLog& log = {}) {
  for (;;) {
    pollfd events[] = {{lifeline, POLLIN, 0}, {signals, POLLIN, 0}, {log.socket(), POLLIN, 0}};
    if (poll(events, 3, -1) < 0 && errno != EINTR) return 0;
    if (events[0].revents != 0) return 0;
    if (events[2].revents != 0) log.Collect();
    Drain(signals);
    if (const auto end = ReapAll(director)) {
      return WIFSIGNALED(*end) ? kEndedBySignal + WTERMSIG(*end) : 0;
    }
  }
}

Child StartDirector(const std::function<int()>& director) {
  return Clone({}, [&] {
    // SIGCHLD must not stay blocked in the director and in the programs that it executes.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // The director becomes the parent of daemons that leave their own, so that it can watch them.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return director();
  });
}

bool IsDescendant(pid_t pid) {
  const auto all = Descendants(getpid());
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& process) { return process.pid == pid; });
}

// By pidfd, and checked again once it is open: another process may have got the pid meanwhile.
void KillDescendant(pid_t pid) {
  const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd || !IsDescendant(pid)) return;
  syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
}

void EndDescendants() {
  for (std::vector<ProcessInfo> left; !(left = Descendants(getpid())).empty();) {
    for (const ProcessInfo& process : left) KillDescendant(process.pid);
    // Orphans become our children; each wait ends because every child was killed.
    waitpid(-1, nullptr, 0);
    ReapAll(0);
  }
}

// A story may have ended while a folder's mode forbade something.
void AllowAll(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.symlink_status(ignored).type() == std::filesystem::file_type::directory) {
      AllowAll(entry.path());
    }
  }
}

void RemoveAll(const std::string& folder) {
  AllowAll(folder);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

}  // namespace

void SetProcessTitle() {
  const std::string name = "pidfall-sandbox";
  prctl(PR_SET_NAME, name.c_str());
  const auto [begin, end] = Arguments();
  if (begin == nullptr || end <= begin) return;
  // If the last byte were not NUL, the kernel would show the environment as well.
  std::fill(begin, end, '\0');
  std::copy_n(name.begin(), std::min<size_t>(name.size(), end - begin - 1), begin);
}

int RunFullInit(int lifeline, const SystemLog& log, const std::function<int()>& director) {
  const UniqueFd signals = WatchChildren();
  const Child child = StartDirector(director);
  return ReapUntilOver(lifeline, signals.get(), child.pid, log);
}

int RunPlainInit(int lifeline, const std::string& folder, const std::function<int()>& director) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const UniqueFd signals = WatchChildren();
  const int status = ReapUntilOver(lifeline, signals.get(), StartDirector(director).pid);
  EndDescendants();
  RemoveAll(folder);
  return status;
}

}  // namespace pidfall
