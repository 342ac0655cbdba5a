#include "harness/sandbox/view_plan.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "harness/sandbox/foreign.h"
#include "harness/sandbox/mount_points.h"
#include "harness/sandbox/view.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

// Empty when it was removed meanwhile.
std::string LinkOf(const std::string& path) {
  std::error_code gone;
  return fs::read_symlink(path, gone).string();
}

// A folder that cannot be listed counts as not empty.
bool IsEmpty(const std::string& folder) {
  std::error_code unreadable;
  return fs::is_empty(folder, unreadable) && !unreadable;
}

class Planner {
 public:
  explicit Planner(std::string base) : base_(std::move(base)), mounts_(MountPoints()) {}

  ViewPlan Plan(const std::vector<std::string>& own_layer) {
    Put(Shown::kFolder, "/");
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
    if (fs::is_socket(status) || fs::is_fifo(status)) return Put(Shown::kNode, path);
    if (!fs::is_directory(status)) return Put(Shown::kReadOnly, path);
    if (HasMountsBelow(path)) return EnterFolder(path);
    Put(IsEmpty(path) ? Shown::kFolder : Shown::kLayer, path);
  }

  void Put(Shown as, const std::string& path) {
    Place place{.as = as, .path = path};
    if (as == Shown::kSymlink) place.link = LinkOf(path);
    if (as == Shown::kSymlink && place.link.empty()) return;
    struct stat info {};
    if (stat(path.c_str(), &info) == 0) {
      place.is_folder = S_ISDIR(info.st_mode);
      place.mode = info.st_mode & 07777;
      place.kind = info.st_mode & S_IFMT;
      place.ours = RightsTo(path);
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

  // "/" already belongs to the view; a layer over it would cover all the others.
  void LayerOwn(const std::string& path) {
    std::error_code ignored;
    if (path == "/" || !fs::is_directory(path, ignored)) return;
    if (!IsFolderOrLayer(path)) Put(Shown::kLayer, path);
    for (Place& place : plan_) {
      if (place.path == path && place.as == Shown::kLayer) {
        place.copies = WritableForeignFiles(path);
      }
    }
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
