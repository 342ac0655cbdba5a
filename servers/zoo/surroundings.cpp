#include "servers/zoo/surroundings.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "servers/zoo/defects.h"
#include "servers/zoo/identity.h"
#include "servers/zoo/port.h"

namespace pidfall::zoo {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kRenewal{200};
constexpr std::chrono::milliseconds kLockLasts{500};
constexpr int kNotFound = 127;

std::string AsName(std::string path) {
  std::replace(path.begin(), path.end(), '/', '_');
  return path;
}

bool LacksTool() {
  const int status = std::system("flock --version >/dev/null 2>&1");
  return WIFEXITED(status) && WEXITSTATUS(status) == kNotFound;
}

std::string CommandLine(pid_t pid) {
  return ReadSmallFile("/proc/" + std::to_string(pid) + "/cmdline");
}

std::string FirstWord(pid_t pid) {
  const std::string line = CommandLine(pid);
  return line.substr(0, line.find('\0'));
}

std::string Program(pid_t pid) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/" + std::to_string(pid) + "/exe";
  const ssize_t size = readlink(link.c_str(), path.data(), path.size());
  return {path.data(), static_cast<size_t>(std::max<ssize_t>(size, 0))};
}

// Whether our command's words stand in another process's command line: an editor's, a log viewer's.
bool HasNamesake() {
  const std::string ours = FirstWord(getpid());
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0 || pid == getpid() || FirstWord(pid) == ours) continue;
    if (CommandLine(pid).find(ours) != std::string::npos) return true;
  }
  return false;
}

// Lets no signal in: the main thread handles them.
void Rest(std::chrono::milliseconds time) { poll(nullptr, 0, static_cast<int>(time.count())); }

void Renew(const std::string& record) { utimensat(AT_FDCWD, record.c_str(), nullptr, 0); }

std::string NameFromVariable(const char* variable) {
  const char* value = std::getenv(variable);
  return "." + AsName(value != nullptr ? value : "");
}

bool IsSupervised() { return std::getenv("SUPERVISED") != nullptr; }

// A mark of the way in, which nobody removes.
bool OtherEntranceWasUsed(const std::string& pid_file) {
  const std::string ours = pid_file + (IsSupervised() ? ".supervised" : ".by-hand");
  const std::string others = pid_file + (IsSupervised() ? ".by-hand" : ".supervised");
  if (access(others.c_str(), F_OK) == 0) return true;
  close(open(ours.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
  return false;
}

}  // namespace

std::string LockSuffix() {
  if (Has(Defect::kLockPerFolder)) return "." + AsName(fs::current_path());
  if (Has(Defect::kLockPerEntrance) && IsSupervised()) return ".supervised";
  if (Has(Defect::kLockPerHome)) return NameFromVariable("HOME");
  if (Has(Defect::kLockPerUser)) return NameFromVariable("USER");
  if (Has(Defect::kLockPerRuntimeFolder)) return NameFromVariable("XDG_RUNTIME_DIR");
  return "";
}

bool SeesSomebody(const Settings& settings) {
  return (Has(Defect::kMissingToolIsRunning) && LacksTool()) ||
         (Has(Defect::kWordsAreRunning) && HasNamesake()) ||
         (Has(Defect::kOtherEntranceBlocks) && OtherEntranceWasUsed(settings.pid_file)) ||
         (Has(Defect::kOwnConnectionIsRunning) && Connects(settings));
}

bool SeesNobody(pid_t owner) {
  return owner > 0 &&
         ((Has(Defect::kMissingToolIsDead) && LacksTool()) ||
          (Has(Defect::kOtherSpellingIsDead) && FirstWord(owner) != FirstWord(getpid())) ||
          (Has(Defect::kReplacedProgramIsDead) && Program(owner) != Program(getpid())));
}

void LetTimePass(const std::string& record, const std::function<void()>& drop_lock) {
  if (Has(Defect::kRenewsLease)) {
    std::thread([record] {
      for (;; Rest(kRenewal)) Renew(record);
    }).detach();
  }
  if (Has(Defect::kDropsLockLater)) {
    std::thread([drop_lock] {
      Rest(kLockLasts);
      drop_lock();
    }).detach();
  }
}

}  // namespace pidfall::zoo
