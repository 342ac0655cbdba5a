#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "guard/identity.h"
#include "guard/small_file.h"

namespace pidfall::guard {
namespace {

// pidfds are files of pidfs since Linux 6.9, each process with an inode of its own that is not
// used again before the next boot. In older kernels all share one anonymous inode of mode 0600
// without any x: so no x means no identity here.
std::string PidfsToken(const Descriptor& process) {
  struct stat status;
  if (std::getenv("PIDFALL_NO_PIDFS_ID") != nullptr) return "";
  if (fstat(process.get(), &status) != 0 || (status.st_mode & S_IXUSR) == 0) return "";
  return "pidfs:" + std::to_string(status.st_ino);
}

// The 22nd field of /proc/PID/stat, counted from the last ')': the name before it is free text.
std::optional<uint64_t> StartTicks(pid_t pid) {
  const std::string stat = ReadSmallFile("/proc/" + std::to_string(pid) + "/stat");
  size_t at = stat.rfind(')');
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  if (at == std::string::npos) return std::nullopt;
  uint64_t ticks = 0;
  const auto parsed = std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), ticks);
  return parsed.ec == std::errc() ? std::optional(ticks) : std::nullopt;
}

std::string TicksToken(pid_t pid) {
  const auto ticks = StartTicks(pid);
  return ticks ? "ticks:" + std::to_string(*ticks) : "";
}

// A process never changes its pid namespace, and no two processes share a pidfs token: a program
// that acquires often looks once. Kept per thread: a mutex could be held during a fork.
uint64_t PidNamespaceOf(const std::string& token) {
  thread_local std::string known;
  thread_local uint64_t number = 0;
  if (token.empty() || token != known) number = PidNamespace();
  known = token;
  return number;
}

bool SameToken(const Record& record, const Descriptor& process) {
  if (record.token.starts_with("pidfs:")) return PidfsToken(process) == record.token;
  return record.token.starts_with("ticks:") && record.pid_namespace == PidNamespace() &&
         TicksToken(record.pid) == record.token;
}

}  // namespace

const std::string& BootId() {
  static const std::string boot = [] {
    std::string text = ReadSmallFile("/proc/sys/kernel/random/boot_id");
    return text.substr(0, text.find('\n'));
  }();
  return boot;
}

uint64_t PidNamespace() {
  struct stat status;
  return stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

Identity IdentifySelf() {
  Identity self;
  self.pid = getpid();
  self.process = OpenProcess(self.pid);
  if (self.process.valid()) self.token = PidfsToken(self.process);
  self.pid_namespace = PidNamespaceOf(self.token);
  if (self.token.empty()) self.token = TicksToken(self.pid);
  self.boot = BootId();
  return self;
}

Descriptor OpenProcess(pid_t pid) {
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

bool Alive(const Descriptor& process) {
  pollfd ended = {process.get(), POLLIN, 0};
  return poll(&ended, 1, 0) == 0;
}

bool WaitUntilEnded(const Descriptor& process,
                    std::optional<std::chrono::steady_clock::time_point> deadline) {
  int left_ms = -1;
  if (deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    left_ms = static_cast<int>(std::max<int64_t>(left.count(), 0));
  }
  pollfd ended = {process.get(), POLLIN, 0};
  return poll(&ended, 1, left_ms) == 1;
}

// First the handle, then the values to compare, then whether it still lives: so a pid that is
// reused in between is noticed.
Descriptor OpenVerified(const Record& record) {
  if (record.boot.empty() || record.boot != BootId()) return {};
  Descriptor process = OpenProcess(record.pid);
  if (!process.valid() || !SameToken(record, process) || !Alive(process)) return {};
  return process;
}

bool SendSignal(const Descriptor& process, pid_t /*pid*/, int signal) {
  return syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

std::optional<std::chrono::system_clock::time_point> StartedAt(pid_t pid) {
  const auto ticks = StartTicks(pid);
  timespec boot = {};
  if (!ticks || clock_gettime(CLOCK_BOOTTIME, &boot) != 0) return std::nullopt;
  const double up = static_cast<double>(boot.tv_sec) + static_cast<double>(boot.tv_nsec) / 1e9;
  const double age = up - static_cast<double>(*ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return std::chrono::system_clock::now() -
         std::chrono::duration_cast<std::chrono::system_clock::duration>(
             std::chrono::duration<double>(age));
}

}  // namespace pidfall::guard
