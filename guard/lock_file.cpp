#include "guard/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "guard/file_system.h"
#include "guard/refused.h"

namespace pidfall::guard {
namespace {

constexpr int kCreateLock = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

#ifdef O_PATH
constexpr int kHold = O_PATH;  // needs no permission to list the folder
#else
constexpr int kHold = O_RDONLY;
#endif

// Another user's lock file cannot be opened: it is not ours, whether an owner lives or not.
bool IsAnotherUsers(const Folder& folder) {
  struct stat status;
  return fstatat(folder.descriptor.get(), folder.lock_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) ==
             0 &&
         S_ISREG(status.st_mode) && status.st_uid != geteuid();
}

[[noreturn]] void ThrowCannotOpen(const Folder& folder, int error) {
  const std::string what = "cannot open " + folder.LockPath();
  if (error == ELOOP || error == EISDIR || error == ENXIO || error == ENODEV) {
    throw Refused(Outcome::kHostile, what, error, "it was left as it is; look who put it there");
  }
  if (error == EACCES && IsAnotherUsers(folder)) {
    throw Refused(Outcome::kForbidden, what + ", which belongs to another user", error, "");
  }
  const bool permission = error == EACCES || error == EPERM;
  throw Refused(Outcome::kTrouble, what, error,
                permission ? "make " + folder.path + " writable for this user" : "");
}

const char* Wrong(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return " is not a regular file";
  if (status.st_nlink > 1) return " has a second name (a hard link)";
  const bool ours = status.st_uid == 0 || status.st_uid == geteuid();
  return ours ? nullptr : " belongs to another user";
}

void CheckNode(const Folder& folder, const struct stat& status) {
  const char* wrong = Wrong(status);
  if (wrong == nullptr) return;
  throw Refused(Outcome::kHostile, folder.LockPath() + wrong, 0,
                "it was left as it is; look who put it there");
}

bool SetOfd(int fd, short type) {
#ifdef F_OFD_SETLK
  struct flock whole = {};
  whole.l_type = type;
  whole.l_whence = SEEK_SET;
  return fcntl(fd, F_OFD_SETLK, &whole) == 0;
#else
  static_cast<void>(fd), static_cast<void>(type);
  errno = ENOSYS;
  return false;
#endif
}

bool TryFlock(int fd) {
  int result = -1;
  do {
    result = flock(fd, LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

// A contender that one lock refuses must not keep others out by the other lock.
bool TryOfdOrUnlock(int fd) {
  if (SetOfd(fd, F_WRLCK)) return true;
  const int error = errno;
  flock(fd, LOCK_UN);
  errno = error;
  return false;
}

}  // namespace

Folder OpenFolder(const Options& options) {
  Folder folder;
  folder.path = options.pid_file.has_parent_path() ? options.pid_file.parent_path().string() : ".";
  folder.pid_name = options.pid_file.filename().string();
  if (folder.pid_name.empty() || folder.pid_name == "." || folder.pid_name == "..") {
    throw Refused(Outcome::kTrouble, "'" + options.pid_file.string() + "' names no pid file", 0,
                  "");
  }
  folder.lock_name = options.one_file ? folder.pid_name : folder.pid_name + ".lock";
  folder.descriptor = Descriptor(open(folder.path.c_str(), kHold | O_DIRECTORY | O_CLOEXEC));
  if (folder.descriptor.valid()) return folder;
  throw Refused(Outcome::kTrouble, "cannot open the folder " + folder.path, errno,
                errno == ENOENT ? "make it first" : "");
}

// Created with mode 0600, so that no other user can open it and hold the lock to keep us out.
LockNode OpenLockNode(const Folder& folder, const Options& options) {
  const mode_t mode = options.one_file ? 0644 : 0600;
  LockNode node;
  node.descriptor =
      Descriptor(openat(folder.descriptor.get(), folder.lock_name.c_str(), kCreateLock, mode));
  if (!node.descriptor.valid()) ThrowCannotOpen(folder, errno);
  struct stat status;
  if (fstat(node.descriptor.get(), &status) != 0) ThrowCannotOpen(folder, errno);
  CheckNode(folder, status);
  node.key = {status.st_dev, status.st_ino};
  node.fresh = status.st_size == 0;
  return node;
}

LockNode DescribeLock(Descriptor descriptor) {
  LockNode node;
  struct stat status = {};
  if (fstat(descriptor.get(), &status) == 0) {
    node.key = {status.st_dev, status.st_ino};
    node.fresh = status.st_size == 0;
  }
  node.descriptor = std::move(descriptor);
  return node;
}

bool TryLock(const Folder& folder, const LockNode& node, bool also_ofd) {
  const int fd = node.descriptor.get();
  if (TryFlock(fd) && (!also_ofd || TryOfdOrUnlock(fd))) return true;
  if (errno == EWOULDBLOCK || errno == EACCES) return false;
  throw Refused(Outcome::kUnsupported, "cannot lock " + folder.LockPath(), errno,
                "keep the pid file on a local file system");
}

void Unlock(int fd) {
  SetOfd(fd, F_UNLCK);
  flock(fd, LOCK_UN);
}

bool StillNamed(const Folder& folder, const FileKey& key) {
  struct stat status;
  return fstatat(folder.descriptor.get(), folder.lock_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) ==
             0 &&
         FileKey{status.st_dev, status.st_ino} == key;
}

// A folder that its group may write to is accepted: where each user has a group of their own and
// the umask is 002, every folder is like that.
void CheckFolder(const Folder& folder, const LockNode& node, const Options& options) {
  struct stat status;
  if (fstat(folder.descriptor.get(), &status) == 0 && (status.st_mode & S_IWOTH) != 0 &&
      (status.st_mode & S_ISVTX) == 0) {
    throw Refused(Outcome::kHostile, "any user may replace the files in " + folder.path, 0,
                  "take the write permission for others away");
  }
  // Checked for a new lock file only: a folder does not change its file system under its files.
  if (!node.fresh || options.any_file_system) return;
  const std::string doubtful = DoubtfulFileSystem(folder.descriptor.get());
  if (doubtful.empty()) return;
  throw Refused(Outcome::kUnsupported,
                folder.path + " is on " + doubtful + ", where a lock may not exclude others", 0,
                "keep the pid file on a local file system");
}

}  // namespace pidfall::guard
