// What is mounted where, and what of it the kernel makes up.
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

// No files but the kernel's own state: there is nothing to copy, and it is the whole machine's.
bool IsMadeUp(const std::string& type);

bool IsBelow(const std::string& path, const std::string& folder);

// Made up and mounted elsewhere than in /proc and /dev, of which a sandbox has its own; nothing
// that is below another of them. Asked once.
const std::vector<std::string>& KernelMounts();

}  // namespace pidfall
