// Written from Apple's headers; never run.
#include <sys/mount.h>
#include <sys/param.h>

#include "guard/file_system.h"

namespace pidfall::guard {

std::string DoubtfulFileSystem(int fd) {
  struct statfs info;
  if (fstatfs(fd, &info) != 0 || (info.f_flags & MNT_LOCAL) != 0) return "";
  return info.f_fstypename;
}

}  // namespace pidfall::guard
