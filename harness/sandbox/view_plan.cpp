#include "harness/sandbox/view_plan.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/sandbox/view.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

// "\040" and the like, as the kernel writes blanks in /proc/self/mountinfo.
std::string Unescape(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool octal = text[i] == '\\' && i + 3 < text.size();
    plain += octal ? static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8)) : text[i];
    i += octal ? 3 : 0;
  }
  return plain;
}

struct MountPoint {
  std::string path;
  std::string type;
};

std::vector<MountPoint> MountPoints() {
  std::vector<MountPoint> points;
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string word;
    MountPoint point;
    fields >> word >> word >> word >> word >> word;
    point.path = Unescape(word);
    // Optional fields end at a lone dash; the type follows.
    while (fields >> word && word != "-") {
    }
    fields >> point.type;
    points.push_back(point);
  }
  return points;
}

// What the kernel makes up is shown as it is: there is nothing to copy.
bool IsMadeUp(const std::string& type) {
  static const std::set<std::string> kTypes = {
      "proc",   "sysfs",      "devtmpfs", "devpts",  "cgroup",      "cgroup2",   "mqueue",
      "bpf",    "securityfs", "debugfs",  "tracefs", "pstore",      "efivarfs",  "configfs",
      "autofs", "hugetlbfs",  "nsfs",     "fusectl", "binfmt_misc", "rpc_pipefs"};
  return kTypes.contains(type);
}

bool IsBelow(const std::string& path, const std::string& folder) {
  return path.compare(0, folder.size() + 1, folder + "/") == 0;
}

unsigned long LockedFlags(const std::string& path) {
  struct statvfs info {};
  if (statvfs(path.c_str(), &info) != 0) return 0;
  return info.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME | ST_NODIRATIME);
}

// Empty when it has gone meanwhile.
std::string LinkOf(const std::string& path) {
  std::error_code gone;
  return fs::read_symlink(path, gone).string();
}

// What cannot be listed may hold something.
bool IsEmpty(const std::string& folder) {
  std::error_code unreadable;
  return fs::is_empty(folder, unreadable) && !unreadable;
}

class Planner {
 public:
  explicit Planner(std::string base) : base_(std::move(base)), mounts_(MountPoints()) {}

  ViewPlan Plan(const std::vector<std::string>& own_layer) {
    for (const auto& entry : fs::directory_iterator("/")) Show(entry.path().string());
    for (const std::string& path : own_layer) LayerOwn(path);
    return std::move(plan_);
  }

 private:
  void Show(const std::string& path) {
    if (path == base_ || path == kViewFolder) return;
    if (path == "/proc") return Put(Shown::kProc, path);
    if (path == "/dev") return Put(Shown::kDevices, path);
    if (IsMadeUpMount(path)) return Put(Shown::kReadOnly, path);
    std::error_code ignored;  // root may not look at another user's FUSE mount
    const fs::file_status status = fs::symlink_status(path, ignored);
    if (fs::is_symlink(status)) return Put(Shown::kSymlink, path);
    if (!fs::is_directory(status)) return Put(Shown::kReadOnly, path);
    if (HasMountsBelow(path)) return EnterFolder(path);
    Put(IsEmpty(path) ? Shown::kFolder : Shown::kLayer, path);
  }

  void Put(Shown as, const std::string& path) {
    Place place{.as = as, .path = path};
    if (as == Shown::kSymlink) place.link = LinkOf(path);
    if (as == Shown::kSymlink && place.link.empty()) return;
    if (as == Shown::kReadOnly || as == Shown::kLayer) place.locked = LockedFlags(path);
    struct stat info {};
    if (stat(path.c_str(), &info) == 0) {
      place.is_folder = S_ISDIR(info.st_mode);
      place.mode = info.st_mode & 07777;
      place.user = info.st_uid;
      place.group = info.st_gid;
    }
    plan_.push_back(place);
  }

  bool IsMadeUpMount(const std::string& path) const {
    return std::any_of(mounts_.begin(), mounts_.end(), [&](const MountPoint& point) {
      return point.path == path && IsMadeUp(point.type);
    });
  }

  bool HasMountsBelow(const std::string& path) const {
    return std::any_of(mounts_.begin(), mounts_.end(),
                       [&](const MountPoint& point) { return IsBelow(point.path, path); });
  }

  void EnterFolder(const std::string& path) {
    Put(Shown::kFolder, path);
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator(path, unreadable)) Show(entry.path().string());
  }

  // "/" is the view's own already; a layer over it would cover all the others.
  void LayerOwn(const std::string& path) {
    std::error_code ignored;
    if (path == "/" || IsFolderOrLayer(path) || !fs::is_directory(path, ignored)) return;
    Put(Shown::kLayer, path);
  }

  bool IsFolderOrLayer(const std::string& path) const {
    return std::any_of(plan_.begin(), plan_.end(), [&](const Place& place) {
      return place.path == path && (place.as == Shown::kLayer || place.as == Shown::kFolder);
    });
  }

  std::string base_;
  std::vector<MountPoint> mounts_;
  ViewPlan plan_;
};

}  // namespace

ViewPlan PlanView(const std::string& base, const std::vector<std::string>& own_layer) {
  return Planner(base).Plan(own_layer);
}

}  // namespace pidfall
