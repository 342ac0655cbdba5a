#include "servers/zoo/control.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/lock_file.h"
#include "servers/zoo/record.h"
#include "servers/zoo/stop.h"

namespace pidfall::zoo {
namespace {

constexpr int kRuns = 0;
constexpr int kDeadWithFile = 1;
constexpr int kNotRunning = 3;
constexpr int kStopLimitMs = 5000;

// Opened read-only and only if it exists: a question creates no file.
pid_t LockOwner(const Settings& settings) {
  const bool on_pid_file = settings.style == Style::kFlockOnPidFile;
  LockFile lock(on_pid_file ? settings.pid_file : settings.pid_file + ".lock");
  if (access(lock.path().c_str(), F_OK) != 0) return 0;
  lock.Open();
  if (Has(Defect::kStatusTakesLock) && lock.Try()) {
    Dawdle(kWideWindow);
    return 0;
  }
  return lock.Owner();
}

bool EndsWithin(int process, int limit_ms) {
  pollfd ended{process, POLLIN, 0};
  return poll(&ended, 1, limit_ms) == 1;
}

// Through a pidfd, checked again once it is open: the pid can't go to another process.
bool Stop(const Settings& settings, pid_t owner) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, owner, 0));
  if (process < 0) return false;
  const bool still = LockOwner(settings) == owner;
  const bool ended = still && syscall(SYS_pidfd_send_signal, process, SIGTERM, nullptr, 0) == 0 &&
                     EndsWithin(process, kStopLimitMs);
  close(process);
  return ended;
}

// For kill(2), 0 and negative numbers are process groups. -1 is every process, also outside a
// sandbox without namespaces.
int SignalWhateverIsThere(const Settings& settings) {
  const std::string content = ReadRecord(settings.pid_file).content;
  const auto number = static_cast<pid_t>(std::strtol(content.c_str(), nullptr, 10));
  return number != -1 && kill(number, SIGTERM) == 0 ? 0 : kNotRunning;
}

bool IsSomebody(pid_t pid) { return pid > 1 && kill(pid, 0) == 0; }

}  // namespace

int ShowStatus(const Settings& settings) {
  pid_t owner = LockOwner(settings);
  if (Has(Defect::kStatusTrustsPid)) owner = ReadRecord(settings.pid_file).pid.value_or(0);
  if (Has(Defect::kStatusTrustsPid) && !IsSomebody(owner)) owner = 0;
  if (Has(Defect::kStatusRemovesStale) && owner == 0) unlink(settings.pid_file.c_str());
  if (owner > 0) {
    Say("zoo is running (PID " + std::to_string(owner) + ")");
    return kRuns;
  }
  const bool file = ReadRecord(settings.pid_file).exists;
  Say(file ? "zoo is dead, its pid file is left" : "zoo is not running");
  return file ? kDeadWithFile : kNotRunning;
}

int StopOwner(const Settings& settings) {
  if (Has(Defect::kStopTrustsPid)) {
    const pid_t recorded = ReadRecord(settings.pid_file).pid.value_or(0);
    return recorded > 1 && kill(recorded, SIGTERM) == 0 ? 0 : kNotRunning;
  }
  if (Has(Defect::kStopParsesLoosely)) return SignalWhateverIsThere(settings);
  const pid_t owner = Has(Defect::kStopEndsNobody) ? 0 : LockOwner(settings);
  if (owner == 0) {
    Say("zoo is not running: nobody was signalled");
    return 0;
  }
  if (Stop(settings, owner)) return 0;
  Complain("❌ zoo: PID " + std::to_string(owner) + " did not end");
  return kFailure;
}

}  // namespace pidfall::zoo
