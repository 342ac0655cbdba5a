#include "servers/zoo/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/identity.h"
#include "servers/zoo/stop.h"

namespace pidfall::zoo {
namespace {

// Another start may replace the file between our open and our lock; a correct copy never does.
constexpr int kMostTries = 100;
constexpr mode_t kLockMode = 0600;
constexpr char kPassedOn[] = "ZOO_LOCK";

// "08:01:1234", as /proc/locks names a file.
std::string KernelName(int file) {
  struct stat status {};
  fstat(file, &status);
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "%02x:%02x:%lu ", major(status.st_dev),
                minor(status.st_dev), static_cast<unsigned long>(status.st_ino));
  return name.data();
}

}  // namespace

LockFile::LockFile(std::string path) : path_(std::move(path)) {}

LockFile::~LockFile() { Close(); }

void LockFile::Open() {
  Close();
  if (Has(Defect::kMakesLockAnew) && access(path_.c_str(), F_OK) != 0) unlink(path_.c_str());
  const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  file_ = open(path_.c_str(), flags, kLockMode);
  if (file_ < 0) throw Failure("cannot open", path_, errno);
  struct stat status {};
  if (fstat(file_, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink <= 1) return;
  throw Failure("not a plain file:", path_, 0);
}

bool LockFile::Try() {
  for (int tries = 0; tries < kMostTries; ++tries) {
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return false;
      throw Failure("cannot lock", path_, errno);
    }
    if (IsAtPath()) return true;
    Open();
  }
  throw Failure("cannot keep hold of", path_, 0);
}

void LockFile::Wait() {
  std::optional<EndOnStopSignal> end_on_stop;
  if (!Has(Defect::kWaiterIgnoresStop)) end_on_stop.emplace();
  const int kind = Has(Defect::kWaitersShare) ? LOCK_SH : LOCK_EX;
  do {
    while (flock(file_, kind) != 0) {
      if (errno != EINTR) throw Failure("cannot wait for", path_, errno);
    }
    if (IsAtPath()) return;
    Open();
  } while (true);
}

void LockFile::Close() {
  if (file_ >= 0) close(file_);
  file_ = -1;
}

bool LockFile::Adopt() {
  const char* passed = std::getenv(kPassedOn);
  if (passed == nullptr) return false;
  file_ = static_cast<int>(std::strtol(passed, nullptr, 10));
  unsetenv(kPassedOn);
  fcntl(file_, F_SETFD, FD_CLOEXEC);
  return true;
}

void LockFile::PassOn() {
  fcntl(file_, F_SETFD, 0);
  setenv(kPassedOn, std::to_string(file_).c_str(), 1);
}

void LockFile::BreakIn() {
  unlink(path_.c_str());
  Open();
  Try();
}

pid_t LockFile::Owner() const {
  if (file_ < 0) return 0;
  const std::string locks = ReadSmallFile("/proc/locks");
  const size_t found = locks.find(KernelName(file_));
  if (found == std::string::npos) return 0;
  // The pid is the word before the file's name.
  const size_t begin = locks.rfind(' ', found - 2);
  return static_cast<pid_t>(std::strtol(locks.c_str() + begin, nullptr, 10));
}

bool LockFile::IsAtPath() const {
  if (Has(Defect::kUnlinksLock)) return true;
  struct stat at_path {};
  struct stat held {};
  return fstat(file_, &held) == 0 && stat(path_.c_str(), &at_path) == 0 &&
         held.st_dev == at_path.st_dev && held.st_ino == at_path.st_ino;
}

}  // namespace pidfall::zoo
