#include "harness/sandbox/foreign.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <set>

#include "harness/sandbox/mount_points.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

// Deeper folders are searched only where the target's command points.
constexpr int kDeepest = 5;
constexpr int kMostEntries = 40'000;
constexpr size_t kMostFolders = 64;  // each is a mount in every sandbox

bool CanWrite(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

bool IsForeign(const struct stat& info) {
  return geteuid() != 0 && (info.st_uid != geteuid() || info.st_gid != getegid());
}

bool IsWritableForeignFile(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && IsForeign(info) &&
         CanWrite(path);
}

// Some of these folders hold only packages' files, the others only the kernel's.
bool IsOutOfScope(const std::string& path) {
  static const std::set<std::string> kElsewhere = {
      "/proc", "/sys",        "/dev",     "/usr/bin",  "/usr/lib",   "/usr/share", "/usr/include",
      "/boot", "/lost+found", "/usr/src", "/usr/sbin", "/usr/lib32", "/usr/lib64", "/usr/libexec"};
  return kElsewhere.contains(path);
}

struct Folder {
  std::string path;
  int depth = 0;
};

class Search {
 public:
  std::vector<std::string> Run() {
    for (open_.push_back({"/", 0}); !open_.empty() && found_.size() < kMostFolders;) {
      const Folder folder = open_.front();
      open_.pop_front();
      LookInto(folder);
    }
    return std::move(found_);
  }

 private:
  void LookInto(const Folder& folder) {
    std::error_code ignored;
    bool has_foreign = folder.depth > 0 && IsWritableForeignFolder(folder.path);
    for (const auto& entry : fs::directory_iterator(folder.path, ignored)) {
      if (++looked_at_ > kMostEntries) break;
      has_foreign = IsWritableForeignFile(entry.path()) || has_foreign;
      Remember(entry, folder.depth + 1);
    }
    if (has_foreign && folder.depth > 0) found_.push_back(folder.path);
  }

  void Remember(const fs::directory_entry& entry, int depth) {
    std::error_code ignored;
    const std::string path = entry.path();
    if (depth > kDeepest || entry.is_symlink(ignored) || !entry.is_directory(ignored)) return;
    const auto& kernels = KernelMounts();
    const bool is_kernels = std::find(kernels.begin(), kernels.end(), path) != kernels.end();
    if (!is_kernels && !IsOutOfScope(path)) open_.push_back({path, depth});
  }

  std::deque<Folder> open_;
  std::vector<std::string> found_;
  int looked_at_ = 0;
};

}  // namespace

mode_t RightsTo(const std::string& path) {
  const auto may = [&](int what) {
    return faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
  };
  return (may(R_OK) ? S_IRUSR : 0U) | (may(W_OK) ? S_IWUSR : 0U) | (may(X_OK) ? S_IXUSR : 0U);
}

std::vector<std::string> WritableForeignFiles(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (IsWritableForeignFile(entry.path())) names.push_back(entry.path().filename());
  }
  return names;
}

bool IsWritableForeignFolder(const std::string& folder) {
  struct stat info {};
  return lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && IsForeign(info) &&
         CanWrite(folder);
}

const std::vector<std::string>& WritableForeignFolders() {
  static std::map<uid_t, std::vector<std::string>> found;
  const auto known = found.find(geteuid());
  if (known != found.end()) return known->second;
  return found[geteuid()] = geteuid() == 0 ? std::vector<std::string>() : Search().Run();
}

}  // namespace pidfall
