// The mount points, and which of them show the kernel's state instead of files.
//
//   for (const MountPoint& point : MountPoints()) ...   // {"/sys/fs/cgroup", "cgroup2"}
#pragma once

#include <string>
#include <vector>

namespace pidfall {

struct MountPoint {
  std::string path;
  std::string type;
};

std::vector<MountPoint> MountPoints();

// Shows the kernel's state and no files: it cannot be copied, and belongs to the whole machine.
bool IsMadeUp(const std::string& type);

bool IsBelow(const std::string& path, const std::string& folder);

// The mounts of such types, except below /proc and /dev, of which a sandbox has its own, and except
// below one another. Read once.
const std::vector<std::string>& KernelMounts();

}  // namespace pidfall
