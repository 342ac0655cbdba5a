#include "servers/stand_in/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "servers/stand_in/console.h"

namespace pidfall::stand_in {
namespace {

constexpr mode_t kLockMode = 0644;

struct flock Whole(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Lock::Lock(const Options& options) : options_(options), path_(options.Get("lock")) {
  if (options.Has("locked")) path_ = options.Get("record") + ".lock";
}

// A folder can be locked as well.
void Lock::Open() {
  if (file_ >= 0) close(file_);
  const int inherited = options_.Has("lock-inherited") ? 0 : O_CLOEXEC;
  file_ = open(path_.c_str(), O_RDWR | O_CREAT | inherited, kLockMode);
  if (file_ < 0 && errno == EISDIR) file_ = open(path_.c_str(), O_RDONLY | inherited);
  if (file_ < 0) throw Failure("cannot open " + path_, errno);
}

bool Lock::Take(bool wait) {
  const bool posix = options_.Is("lock-kind", "posix");
  struct flock whole = Whole(F_WRLCK);
  int result = 0;
  do {
    result = posix ? fcntl(file_, wait ? F_SETLKW : F_SETLK, &whole)
                   : flock(file_, LOCK_EX | (wait ? 0 : LOCK_NB));
  } while (result != 0 && errno == EINTR);
  if (result == 0) return true;
  if (!wait && (errno == EWOULDBLOCK || errno == EACCES)) return false;
  throw Failure("cannot lock " + path_, errno);
}

bool Lock::IsAtPath() const {
  struct stat held {};
  struct stat at_path {};
  return fstat(file_, &held) == 0 && stat(path_.c_str(), &at_path) == 0 &&
         held.st_dev == at_path.st_dev && held.st_ino == at_path.st_ino;
}

bool Lock::Try() {
  if (path_.empty()) return true;
  Open();
  while (Take(false)) {
    if (options_.Has("lock-unlinked") || IsAtPath()) {
      // POSIX locks of a file go with any of its descriptors (fcntl(2)).
      if (options_.Has("lock-reopened")) close(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
      return true;
    }
    Open();
  }
  return false;
}

void Lock::Wait() {
  Take(true);
  while (!options_.Has("lock-unlinked") && !IsAtPath()) {
    Open();
    Take(true);
  }
}

pid_t Lock::Owner() const {
  const int file = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return 0;
  struct flock whole = Whole(F_WRLCK);
  const bool held = fcntl(file, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
  close(file);
  return held ? whole.l_pid : 0;
}

void Lock::Release() {
  if (file_ < 0) return;
  if (options_.Has("lock-unlinked")) unlink(path_.c_str());
  close(file_);
  file_ = -1;
}

}  // namespace pidfall::stand_in
