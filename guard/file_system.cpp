#include "guard/file_system.h"

#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif

namespace pidfall::guard {

#ifdef __linux__

std::string DoubtfulFileSystem(int fd) {
  constexpr long kCifs = 0xFF534D42;  // not in linux/magic.h before 6.8
  struct statfs info;
  if (fstatfs(fd, &info) != 0) return "";
  switch (static_cast<unsigned int>(info.f_type)) {
    case NFS_SUPER_MAGIC:
      return "NFS";
    case SMB_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case kCifs:
      return "SMB";
    case V9FS_MAGIC:
      return "9p";
    case FUSE_SUPER_MAGIC:
      return "FUSE";
    case CEPH_SUPER_MAGIC:
      return "Ceph";
    default:
      return "";
  }
}

#else

std::string DoubtfulFileSystem(int fd) {
  struct statfs info;
  if (fstatfs(fd, &info) != 0 || (info.f_flags & MNT_LOCAL) != 0) return "";
  return info.f_fstypename;
}

#endif

}  // namespace pidfall::guard
