#include "guard/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace pidfall::guard {

Descriptor::Descriptor(int fd) : fd_(fd) {
  if (fd < 0 || fd > STDERR_FILENO) return;
  fd_ = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int error = errno;
  close(fd);
  errno = error;
}

void Descriptor::Reset() {
  if (fd_ < 0) return;
  const int error = errno;
  close(fd_);
  errno = error;
  fd_ = -1;
}

}  // namespace pidfall::guard
