// Written from Apple's headers and manual pages; never run.
#include <libproc.h>
#include <signal.h>
#include <sys/event.h>
#include <sys/sysctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "guard/identity.h"

namespace pidfall::guard {
namespace {

constexpr int kTries = 3;  // proc_pidinfo has been seen to fail for a moment

std::optional<proc_bsdinfo> Info(pid_t pid) {
  proc_bsdinfo info = {};
  for (int i = 0; i < kTries; ++i) {
    // The argument 1 finds zombies, too.
    if (proc_pidinfo(pid, PROC_PIDTBSDINFO, 1, &info, sizeof info) == sizeof info) return info;
  }
  return std::nullopt;
}

std::string Token(pid_t pid) {
  const auto info = Info(pid);
  return info ? "start:" + std::to_string(info->pbi_start_tvsec) + "." +
                    std::to_string(info->pbi_start_tvusec)
              : "";
}

// The number of pending events, at most one; -1 with errno set.
int TakeEvent(const Descriptor& process, const timespec* patience) {
  struct kevent event;
  return kevent(process.get(), nullptr, 0, &event, 1, patience);
}

}  // namespace

// The boot session and not the boot time, which moves when the clock is set.
const std::string& BootId() {
  static const std::string boot = [] {
    char uuid[64] = "";
    size_t size = sizeof uuid;
    return std::string(sysctlbyname("kern.bootsessionuuid", uuid, &size, nullptr, 0) == 0 ? uuid
                                                                                          : "");
  }();
  return boot;
}

uint64_t PidNamespace() { return 0; }

Identity IdentifySelf() {
  Identity self;
  self.pid = getpid();
  self.boot = BootId();
  self.token = Token(self.pid);
  return self;
}

// A kqueue that reports the process's end. One call registers it or fails, so it never waits for
// the wrong process. A token shows whether the pid was reused before.
Descriptor OpenProcess(pid_t pid) {
  errno = ESRCH;
  if (pid <= 0) return {};
  Descriptor queue(kqueue());
  struct kevent end;
  EV_SET(&end, pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, nullptr);
  if (queue.valid() && kevent(queue.get(), &end, 1, nullptr, 0, nullptr) == 0) return queue;
  return {};
}

bool Alive(const Descriptor& process) {
  const timespec now = {0, 0};
  return TakeEvent(process, &now) == 0;
}

bool WaitUntilEnded(const Descriptor& process,
                    std::optional<std::chrono::steady_clock::time_point> deadline) {
  if (!deadline) return TakeEvent(process, nullptr) == 1;
  const auto left = std::max(*deadline - std::chrono::steady_clock::now(),
                             std::chrono::steady_clock::duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  const timespec patience = {static_cast<time_t>(seconds.count()),
                             static_cast<long>(std::chrono::nanoseconds(left - seconds).count())};
  return TakeEvent(process, &patience) == 1;
}

Descriptor OpenVerified(const Record& record) {
  if (record.boot.empty() || record.boot != BootId() || !record.token.starts_with("start:")) {
    return {};
  }
  Descriptor process = OpenProcess(record.pid);
  if (!process.valid() || Token(record.pid) != record.token || !Alive(process)) return {};
  return process;
}

// The pid could be reused between the check and the kill; macOS offers nothing better.
bool SendSignal(const Descriptor& process, pid_t pid, int signal) {
  errno = ESRCH;
  return pid > 0 && Alive(process) && kill(pid, signal) == 0;
}

std::optional<std::chrono::system_clock::time_point> StartedAt(pid_t pid) {
  const auto info = Info(pid);
  if (!info) return std::nullopt;
  return std::chrono::system_clock::from_time_t(static_cast<time_t>(info->pbi_start_tvsec)) +
         std::chrono::microseconds(info->pbi_start_tvusec);
}

}  // namespace pidfall::guard
