#include "guard/restart.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace pidfall::guard {

bool PassLockOn(int fd) {
  const std::string value = std::to_string(getpid()) + ":" + std::to_string(fd);
  return fd >= 0 && fcntl(fd, F_SETFD, 0) == 0 && setenv(kInheritedLock, value.c_str(), 1) == 0;
}

Descriptor TakeInheritedLock(const Folder& folder) {
  const char* value = std::getenv(kInheritedLock);
  int pid = 0;
  int fd = -1;
  if (value == nullptr || std::sscanf(value, "%d:%d", &pid, &fd) != 2 || pid != getpid()) return {};
  struct stat status;
  if (fstat(fd, &status) != 0 || !StillNamed(folder, {status.st_dev, status.st_ino})) return {};
  unsetenv(kInheritedLock);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  return Descriptor(fd);
}

}  // namespace pidfall::guard
