#include "servers/strategies/pidfile.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "guard/console.h"

namespace pidfall::strategies {
namespace {

using guard::LocaleCodeset;
using guard::LocaleIsUtf8;
using guard::Say;

constexpr int kUncaught = 1;  // the interpreter's status after an uncaught exception
constexpr Answer kGoOn = {};
constexpr Answer kRaised = {false, kUncaught};

// print(): it raises an exception where the output cannot take the line or the locale cannot encode
// it, and then the polite exit 0 becomes 1. With descriptor 1 closed it prints nothing, no error.
bool Print(const std::string& line) {
  const std::string codeset = LocaleCodeset();
  if (!codeset.empty() && !LocaleIsUtf8()) return false;
  const int error = Say(line);
  return error == 0 || error == EBADF;
}

Answer Raise(const std::string& path, int error) {
  const std::string line = "OSError: " + path + ": " + std::strerror(error) + "\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  return kRaised;
}

// read_text(): follows symlinks and waits on a FIFO. False with errno set.
bool ReadAll(const std::string& path, std::string* content) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char buffer[4096];
  ssize_t n = 0;
  while ((n = read(fd, buffer, sizeof buffer)) > 0) content->append(buffer, n);
  const int error = errno;
  close(fd);
  errno = error;
  return n == 0;
}

enum class Parsed { kPid, kNotANumber, kTooBig };

// int(): blanks around it, a sign before it, any size.
Parsed ParseInt(const std::string& content, int* pid) {
  const char* blanks = " \t\n\r\f\v";
  const size_t first = content.find_first_not_of(blanks);
  if (first == std::string::npos) return Parsed::kNotANumber;
  std::string text = content.substr(first, content.find_last_not_of(blanks) - first + 1);
  if (text.front() == '+') text.erase(0, 1);
  const bool negative = !text.empty() && text.front() == '-';
  const std::string digits = text.substr(negative ? 1 : 0);
  if (digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return Parsed::kNotANumber;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *pid);
  return error == std::errc() ? Parsed::kPid : Parsed::kTooBig;
}

// os.path.exists(): false for a link to nothing.
bool Exists(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
}

}  // namespace

Answer PidFile::BeforeBind() {
  const Answer answer = Check();
  return answer.go_on ? Write() : answer;
}

Answer PidFile::Check() {
  if (!Exists(settings_.pid_file)) return kGoOn;
  std::string content;
  if (!ReadAll(settings_.pid_file, &content)) return Raise(settings_.pid_file, errno);
  return CheckProcess(content);
}

Answer PidFile::CheckProcess(const std::string& content) {
  int pid = 0;
  const Parsed parsed = ParseInt(content, &pid);
  if (parsed == Parsed::kNotANumber) return RemoveStale();
  if (parsed == Parsed::kTooBig) return Raise(settings_.pid_file, EOVERFLOW);
  const std::string number = std::to_string(pid);
  // 0 and negative numbers name process groups, and pass this check: the report's fault, kept.
  if (kill(pid, 0) == 0) {
    const bool said =
        Print("ℹ️  " + settings_.name + " already running (PID " + number + ")") &&
        Print("💡 If stuck, kill it: kill " + number);
    return {false, said ? settings_.duplicate_exit : kUncaught};
  }
  if (errno == ESRCH) return RemoveStale();
  Print("❌ Server running as different user (PID " + number + ")");
  return {false, 1};
}

Answer PidFile::RemoveStale() {
  if (!Print("🧹 Removing stale PID file")) return kRaised;
  if (unlink(settings_.pid_file.c_str()) != 0) return Raise(settings_.pid_file, errno);
  return kGoOn;
}

Answer PidFile::Write() {
  const std::string path = settings_.pid_file;
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return Raise(path, errno);
  const std::string pid = std::to_string(getpid());
  const bool written = write(fd, pid.data(), pid.size()) == static_cast<ssize_t>(pid.size());
  const int error = errno;
  close(fd);
  if (!written) return Raise(path, error);
  return Print("✅ PID file created: " + path) ? kGoOn : kRaised;
}

// The exit handler is registered before the port is bound, so a failed bind removes the file too.
Answer PidFile::BindFailed(int error) {
  const Answer answer = port_.BindFailed(error);
  BeforeExit();
  return answer;
}

void PidFile::BeforeExit() {
  if (!Exists(settings_.pid_file)) return;
  if (unlink(settings_.pid_file.c_str()) == 0) Print("🧹 PID file removed");
}

}  // namespace pidfall::strategies
