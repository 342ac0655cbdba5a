#include "servers/zoo/identity.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "servers/zoo/defects.h"

namespace pidfall::zoo {
namespace {

constexpr std::time_t kOldAfter = 30 * 60;
constexpr std::time_t kFutureAfter = 60;
constexpr size_t kBuffer = 4096;
constexpr size_t kMostPidDigits = 10;

std::string Process(pid_t pid, const std::string& file) {
  return ReadSmallFile("/proc/" + std::to_string(pid) + "/" + file);
}

// The word behind `key` in a file of the form of /proc/PID/status.
std::string Word(const std::string& text, const std::string& key) {
  const size_t at = text.find(key);
  if (at == std::string::npos) return "";
  const size_t begin = text.find_first_not_of(" \t", at + key.size());
  return text.substr(begin, text.find_first_of(" \t\n", begin) - begin);
}

std::string StartTicks(pid_t pid) {
  const std::string stat = Process(pid, "stat");
  // A program's name may hold brackets and blanks: the fields begin after the last bracket.
  size_t at = stat.rfind(')');
  constexpr int kStartTimeField = 20;
  for (int field = 0; field < kStartTimeField && at != std::string::npos; ++field) {
    at = stat.find(' ', at + 1);
  }
  return at == std::string::npos ? "" : stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

std::string BootTime() { return Word(ReadSmallFile("/proc/stat"), "\nbtime"); }

// As `ps -o lstart` shows it.
std::string LocalStartTime(pid_t pid) {
  const long ticks = std::atol(StartTicks(pid).c_str());
  const std::time_t start = std::atol(BootTime().c_str()) + ticks / sysconf(_SC_CLK_TCK);
  std::array<char, kBuffer> text{};
  std::tm local{};
  std::strftime(text.data(), text.size(), "%c", localtime_r(&start, &local));
  return text.data();
}

std::string BootId() {
  const std::string id = ReadSmallFile("/proc/sys/kernel/random/boot_id");
  return id.substr(0, id.find('\n'));
}

std::string HostName() { return ReadSmallFile("/proc/sys/kernel/hostname"); }

bool IsThread(pid_t pid) {
  const std::string leader = Word(Process(pid, "status"), "\nTgid:");
  return !leader.empty() && leader != std::to_string(pid);
}

bool IsZombie(pid_t pid) { return Word(Process(pid, "status"), "\nState:") == "Z"; }

bool IsSibling(pid_t pid) {
  return pid != getpid() && !IsZombie(pid) && Process(pid, "comm") == Process(getpid(), "comm");
}

bool HasItsName(pid_t pid) {
  const std::string name = Process(getpid(), "comm");
  return pid != getpid() &&
         Process(pid, "cmdline").find(name.substr(0, name.find('\n'))) != std::string::npos;
}

bool IsOther(pid_t pid) { return Process(pid, "comm") != Process(getpid(), "comm"); }

bool BelievesPid(pid_t pid) {
  if (pid <= 0) return false;
  return (Has(Defect::kTrustsOwnPid) && pid == getpid()) ||
         (Has(Defect::kTrustsThreadId) && IsThread(pid)) ||
         (Has(Defect::kTrustsZombie) && IsZombie(pid)) ||
         (Has(Defect::kTrustsSibling) && IsSibling(pid)) ||
         (Has(Defect::kTrustsItsWords) && HasItsName(pid));
}

bool IsDigit(char letter) { return std::isdigit(static_cast<unsigned char>(letter)) != 0; }

bool HasDigits(std::string_view text) { return std::ranges::any_of(text, IsDigit); }

std::string_view FirstLine(std::string_view content) {
  return content.substr(0, content.find('\n'));
}

bool IsNumberOf(std::string_view line, size_t least, size_t most) {
  return std::ranges::all_of(line, IsDigit) && line.size() >= least && line.size() <= most;
}

bool IsNumberAndLetters(std::string_view line) {
  const auto* end = std::ranges::find_if_not(line, IsDigit);
  return end != line.begin() && end != line.end() &&
         std::isalpha(static_cast<unsigned char>(*end)) != 0;
}

bool IsPadded(const std::string& content) {
  return content.find_first_of(" \t\r") != std::string::npos || content.starts_with('\n') ||
         content.ends_with("\n\n");
}

bool IsPlainWord(const std::string& content) {
  return !content.empty() && !HasDigits(content) && !IsPadded(content) &&
         content.find('\0') == std::string::npos;
}

bool BelievesContent(const Record& record) {
  const std::string& content = record.content;
  const std::string_view line = FirstLine(content);
  constexpr size_t kSeven = 7;
  if (Has(Defect::kGarbageIsFatal) && IsPlainWord(content)) std::abort();
  return Has(Defect::kExistingFileBlocks) || (Has(Defect::kEmptyIsRunning) && record.size == 0) ||
         (Has(Defect::kHugeIsRunning) && record.size > static_cast<off_t>(kBuffer)) ||
         (Has(Defect::kNulIsRunning) && content.find('\0') != std::string::npos) ||
         (Has(Defect::kNegativeIsRunning) && content.starts_with('-')) ||
         (Has(Defect::kBlanksRefused) && IsPadded(content)) ||
         (Has(Defect::kPartialParse) && IsNumberAndLetters(line)) ||
         (Has(Defect::kSevenDigit) && IsNumberOf(line, kSeven, kSeven)) ||
         (Has(Defect::kOverflowIsRunning) && IsNumberOf(line, kMostPidDigits + 1, kBuffer));
}

bool IdentityDiffers(const Record& record) {
  const size_t line_end = record.content.find('\n');
  if (!record.pid || line_end == std::string::npos) return false;
  const std::string now = IdentityLine(*record.pid);
  return !now.empty() && record.content.substr(line_end + 1) != now;
}

}  // namespace

std::string ReadSmallFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return "";
  std::string content;
  std::array<char, kBuffer> buffer{};
  for (ssize_t got = 0; (got = read(file, buffer.data(), buffer.size())) > 0;) {
    content.append(buffer.data(), static_cast<size_t>(got));
  }
  close(file);
  return content;
}

std::string IdentityLine(pid_t pid) {
  if (Has(Defect::kTrustsBtime)) return "started=" + BootTime() + "+" + StartTicks(pid) + "\n";
  if (Has(Defect::kTrustsStartTicks)) return "ticks=" + StartTicks(pid) + "\n";
  if (Has(Defect::kTrustsHostName)) return "host=" + HostName() + "\n";
  if (Has(Defect::kTrustsLocalTime)) return "at " + LocalStartTime(pid) + "\n";
  if (Has(Defect::kTrustsBootId)) return "boot=" + BootId() + "\n";
  return "";
}

bool BelievesRecord(const Record& record) {
  return record.exists && (BelievesContent(record) || BelievesPid(record.pid.value_or(0)));
}

bool BreaksIn(const Record& record) {
  const std::time_t age = std::time(nullptr) - record.modified;
  const pid_t owner = record.pid.value_or(0);
  return (Has(Defect::kRemovedFileSecondCopy) && !record.exists) ||
         (Has(Defect::kUnreadableIsStale) && record.size > 0 && record.content.empty()) ||
         ((Has(Defect::kTrustsFileAge) || Has(Defect::kRenewsLease)) && record.exists &&
          age > kOldAfter) ||
         (Has(Defect::kTrustsFuture) && record.exists && age < -kFutureAfter) ||
         (Has(Defect::kEpermIsDead) && owner > 0 && kill(owner, 0) != 0 && errno == EPERM) ||
         (Has(Defect::kOwnNumberIsMine) && owner == getpid()) ||
         (Has(Defect::kOtherProgramIsDead) && owner > 0 && IsOther(owner)) ||
         (Has(Defect::kDeadMainThreadIsDead) && owner > 0 && IsZombie(owner)) ||
         IdentityDiffers(record);
}

void Meddle(const Record& record) {
  if (!record.pid) return;
  if (Has(Defect::kSignalsGroupOnZero) && *record.pid == 0) kill(0, SIGTERM);
  if (Has(Defect::kKillsNegative) && *record.pid < 0) kill(*record.pid, SIGKILL);
  if (*record.pid <= 1 || *record.pid == getpid()) return;
  if (Has(Defect::kKillsRecordedPid)) kill(*record.pid, SIGTERM);
  if (Has(Defect::kWakesRecordedPid)) kill(*record.pid, SIGHUP);
}

}  // namespace pidfall::zoo
