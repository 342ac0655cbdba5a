#include <linux/magic.h>
#include <sys/vfs.h>

#include "guard/file_system.h"

namespace pidfall::guard {

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

}  // namespace pidfall::guard
