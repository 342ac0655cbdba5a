#include "guard/pid_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "guard/refused.h"

namespace pidfall::guard {
namespace {

// One name for all owners: only the holder of the lock writes it, and a crash leaves at most one
// such file, which the next owner replaces.
constexpr const char* kSuffix = ".new";
constexpr int kCreatePidFile = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

// After a short write it writes the rest; no progress at all is an error.
bool WriteAll(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = ENOSPC;
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

std::string MarkOf(const struct stat& status) {
#ifdef __APPLE__
  const timespec& modified = status.st_mtimespec;
#else
  const timespec& modified = status.st_mtim;
#endif
  return std::to_string(status.st_ino) + "@" + std::to_string(modified.tv_sec) + "." +
         std::to_string(modified.tv_nsec);
}

PendingPidFile::PendingPidFile(const Folder& folder, pid_t pid, bool durable)
    : folder_(folder), name_(folder.pid_name + kSuffix), durable_(durable) {
  const int at = folder.descriptor.get();
  file_.descriptor = Descriptor(openat(at, name_.c_str(), kCreatePidFile, 0644));
  if (!file_.descriptor.valid() && errno == EEXIST && unlinkat(at, name_.c_str(), 0) == 0) {
    file_.descriptor = Descriptor(openat(at, name_.c_str(), kCreatePidFile, 0644));
  }
  struct stat status;
  const int fd = file_.descriptor.get();
  if (fd < 0) Throw("make");
  const bool whole = WriteAll(fd, std::to_string(pid) + "\n") && fstat(fd, &status) == 0 &&
                     (!durable || fsync(fd) == 0);
  if (!whole) {
    const int error = errno;
    unlinkat(at, name_.c_str(), 0);
    errno = error;
    Throw("write");
  }
  file_.key = {status.st_dev, status.st_ino};
  file_.mark = MarkOf(status);
}

PendingPidFile::~PendingPidFile() {
  if (!published_) unlinkat(folder_.descriptor.get(), name_.c_str(), 0);
}

void PendingPidFile::Throw(const std::string& what) const {
  throw Refused(Outcome::kTrouble, "cannot " + what + " " + folder_.path + "/" + name_, errno, "");
}

PublishedFile PendingPidFile::Publish() {
  const int at = folder_.descriptor.get();
  if (renameat(at, name_.c_str(), at, folder_.pid_name.c_str()) != 0) Throw("publish");
  published_ = true;
  // The new name is on the disk only once the folder is.
  if (durable_) {
    const Descriptor listed(openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (listed.valid()) fsync(listed.get());
  }
  return std::move(file_);
}

bool IsPublished(const Folder& folder, const FileKey& key) {
  struct stat status;
  return fstatat(folder.descriptor.get(), folder.pid_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) ==
             0 &&
         FileKey{status.st_dev, status.st_ino} == key;
}

void RemoveIfOurs(const Folder& folder, const FileKey& key) {
  if (IsPublished(folder, key)) unlinkat(folder.descriptor.get(), folder.pid_name.c_str(), 0);
}

}  // namespace pidfall::guard
