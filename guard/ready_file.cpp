#include "guard/ready_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "guard/descriptor.h"
#include "guard/lock_wait.h"

namespace pidfall::guard {
namespace {

// A start that removes a stale file locks it for microseconds; a ready copy for a long time.
constexpr std::chrono::milliseconds kRemoversInstant{200};

std::optional<FileKey> KeyOf(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileKey{status.st_dev, status.st_ino};
}

bool Names(const std::filesystem::path& path, const FileKey& key) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0 && FileKey{status.st_dev, status.st_ino} == key;
}

Descriptor OpenExisting(const std::filesystem::path& path) {
  return Descriptor(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

bool WritePid(int fd) {
  const std::string text = std::to_string(getpid()) + "\n";
  return write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Locked before it has its name, so that no start ever takes it for stale.
Descriptor WriteBeside(const std::filesystem::path& path) {
  unlink(path.c_str());
  Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.valid() && flock(file.get(), LOCK_EX | LOCK_NB) == 0 && WritePid(file.get())) {
    return file;
  }
  const int error = errno;
  if (file.valid()) unlink(path.c_str());
  errno = error;
  return {};
}

// Under the old file's lock: a process that removes the old file would remove the new one.
bool Replace(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Descriptor old = OpenExisting(to);
  if (old.valid() && flock(old.get(), LOCK_EX | LOCK_NB) != 0) {
    WaitForLock(old.get(), std::chrono::steady_clock::now() + kRemoversInstant);
  }
  return rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

void RemoveStaleReadyFile(const std::filesystem::path& path) {
  const Descriptor stale = OpenExisting(path);
  const auto key = stale.valid() ? KeyOf(stale.get()) : std::nullopt;
  if (!key || flock(stale.get(), LOCK_EX | LOCK_NB) != 0) return;
  if (Names(path, *key)) unlink(path.c_str());
}

bool ReadyFile::Publish(const std::filesystem::path& path, Children children) {
  if (held_.fd() >= 0) return true;
  const std::filesystem::path beside = path.string() + ".new";
  Descriptor file = WriteBeside(beside);
  const auto key = file.valid() ? KeyOf(file.get()) : std::nullopt;
  if (!key) return false;
  if (!Replace(beside, path)) {
    const int error = errno;
    unlink(beside.c_str());
    errno = error;
    return false;
  }
  path_ = path;
  held_.Hold(std::move(file), *key, children);
  SetChildren(children);
  return true;
}

void ReadyFile::SetChildren(Children children) {
  held_.SetChildren(children);
  const int fd = held_.fd();
  if (fd >= 0) fcntl(fd, F_SETFD, children == Children::kInert ? FD_CLOEXEC : 0);
}

void ReadyFile::Remove() {
  if (held_.fd() < 0) return;
  if (Names(path_, held_.key())) unlink(path_.c_str());
  held_.Drop();
}

}  // namespace pidfall::guard
