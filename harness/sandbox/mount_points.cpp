#include "harness/sandbox/mount_points.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace pidfall {
namespace {

// The kernel writes a blank in /proc/self/mountinfo as "\040".
std::string Unescape(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool octal = text[i] == '\\' && i + 3 < text.size();
    plain += octal ? static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8)) : text[i];
    i += octal ? 3 : 0;
  }
  return plain;
}

bool IsIn(const std::string& path, const std::string& folder) {
  return path == folder || IsBelow(path, folder);
}

std::vector<std::string> FindKernelMounts() {
  std::vector<std::string> found;
  for (const MountPoint& point : MountPoints()) {
    const auto holds = [&](const std::string& other) { return IsIn(point.path, other); };
    if (!IsMadeUp(point.type) || holds("/proc") || holds("/dev")) continue;
    if (std::none_of(found.begin(), found.end(), holds)) found.push_back(point.path);
  }
  return found;
}

}  // namespace

std::vector<MountPoint> MountPoints() {
  std::vector<MountPoint> points;
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string word;
    MountPoint point;
    fields >> word >> word >> word >> word >> word;
    point.path = Unescape(word);
    // The optional fields end with a single dash; then comes the type.
    while (fields >> word && word != "-") {
    }
    fields >> point.type;
    points.push_back(point);
  }
  return points;
}

bool IsMadeUp(const std::string& type) {
  static const std::set<std::string> kTypes = {
      "proc",        "sysfs",      "devtmpfs",   "devpts",    "cgroup",  "cgroup2",
      "mqueue",      "bpf",        "securityfs", "debugfs",   "tracefs", "pstore",
      "efivarfs",    "configfs",   "autofs",     "hugetlbfs", "nsfs",    "fusectl",
      "binfmt_misc", "rpc_pipefs", "selinuxfs",  "smackfs",   "resctrl", "nfsd"};
  return kTypes.contains(type);
}

bool IsBelow(const std::string& path, const std::string& folder) {
  return path.compare(0, folder.size() + 1, folder + "/") == 0;
}

const std::vector<std::string>& KernelMounts() {
  static const std::vector<std::string> kFound = FindKernelMounts();
  return kFound;
}

}  // namespace pidfall
