#include "servers/strategies/lockfile.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "guard/console.h"

namespace pidfall::strategies {
namespace {

using guard::ForLocale;
using guard::Say;

}  // namespace

LockFile::~LockFile() {
  if (fd_ >= 0) close(fd_);
}

Answer LockFile::BeforeBind() {
  fd_ = open(settings_.pid_file.c_str(), O_RDWR | O_CREAT, 0644);
  if (fd_ < 0) return Fail(errno);
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? Duplicate() : Fail(errno);
  }
  return WritePid() ? Answer{} : Fail(errno);
}

Answer LockFile::Duplicate() {
  char text[16] = {};
  const ssize_t n = pread(fd_, text, sizeof text - 1, 0);
  const std::string pid(text, n > 0 ? n : 0);
  Say(ForLocale("ℹ️  ", settings_.name + " already running (PID " + pid + ")"));
  return {false, settings_.duplicate_exit};
}

Answer LockFile::Fail(int error) {
  Say(ForLocale("❌ ", "Cannot lock " + settings_.pid_file.string() + ": " + std::strerror(error)));
  return {false, 1};
}

bool LockFile::WritePid() {
  const std::string pid = std::to_string(getpid());
  return ftruncate(fd_, 0) == 0 &&
         pwrite(fd_, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
}

Answer LockFile::BindFailed(int error) {
  const Answer answer = port_.BindFailed(error);
  BeforeExit();
  return answer;
}

void LockFile::BeforeExit() {
  if (fd_ < 0) return;
  unlink(settings_.pid_file.c_str());
  close(fd_);
  fd_ = -1;
}

}  // namespace pidfall::strategies
