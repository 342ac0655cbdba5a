#include "harness/sandbox/view.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/process/fd.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

constexpr mode_t kSharedMode = 01777;

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

// The option string is split at commas, the list of lower layers at colons.
std::string Escape(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    if (c == ',' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

bool IsBelow(const std::string& path, const std::string& folder) {
  return path.compare(0, folder.size() + 1, folder + "/") == 0;
}

class Builder {
 public:
  Builder(std::string base, std::vector<std::string> own_layer)
      : base_(std::move(base)), own_layer_(std::move(own_layer)), mounts_(MountPoints()) {}

  View Build() {
    if (mount("pidfall", base_.c_str(), "tmpfs", MS_NOSUID, "mode=0755") != 0) {
      ThrowErrno("mount a tmpfs on " + base_);
    }
    fs::create_directories(base_ + kViewFolder);
    for (const auto& entry : fs::directory_iterator("/")) Show(entry.path().string());
    for (const std::string& path : own_layer_) LayerOwn(path);
    Enter();
    return std::move(view_);
  }

 private:
  std::string In(const std::string& path) const { return base_ + path; }

  void Show(const std::string& path) {
    if (path == base_ || path == kViewFolder) return;
    if (path == "/proc") return MountProc();
    if (path == "/dev") return MakeDevices();
    if (IsMadeUpMount(path)) return BindReadOnly(path);
    const fs::file_status status = fs::symlink_status(path);
    if (fs::is_symlink(status)) return fs::copy_symlink(path, In(path));
    if (!fs::is_directory(status)) return BindReadOnly(path);
    if (HasMountsBelow(path)) return EnterFolder(path);
    LayerOver(path);
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
    CopyFolder(path);
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator(path, unreadable)) Show(entry.path().string());
  }

  void CopyFolder(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) return;
    mkdir(In(path).c_str(), 0755);
    chmod(In(path).c_str(), info.st_mode & 07777);
    // Fails for an owner who is not mapped: then it is ours, which is what a tmpfs can do.
    (void)!chown(In(path).c_str(), info.st_uid, info.st_gid);
  }

  void LayerOver(const std::string& path) {
    const std::string number = std::to_string(view_.layers.size());
    const std::string upper = base_ + kViewFolder + "/upper-" + number;
    const std::string work = base_ + kViewFolder + "/work-" + number;
    CopyFolder(path);
    MakeUpper(path, upper);
    mkdir(work.c_str(), 0755);
    const std::string options = "userxattr,lowerdir=" + Escape(path) +
                                ",upperdir=" + Escape(upper) + ",workdir=" + Escape(work);
    if (mount("pidfall", In(path).c_str(), "overlay", 0, options.c_str()) != 0) {
      return BindReadOnly(path);
    }
    view_.layers.push_back({path, std::string(kViewFolder) + "/upper-" + number});
  }

  // The root of an overlay has the mode and owner of its upper layer.
  static void MakeUpper(const std::string& path, const std::string& upper) {
    struct stat info {};
    mkdir(upper.c_str(), 0755);
    if (stat(path.c_str(), &info) != 0) return;
    chmod(upper.c_str(), info.st_mode & 07777);
    (void)!chown(upper.c_str(), info.st_uid, info.st_gid);
  }

  void LayerOwn(const std::string& path) {
    if (path == "/") return;  // ours already; a layer over it would cover all the others
    struct stat info {};
    const bool is_layer = std::any_of(view_.layers.begin(), view_.layers.end(),
                                      [&](const Layer& layer) { return layer.path == path; });
    if (is_layer || stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return;
    LayerOver(path);
  }

  void BindReadOnly(const std::string& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      mkdir(In(path).c_str(), 0755);
    } else {
      close(open(In(path).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    }
    view_.read_only.push_back(path);
    if (mount(path.c_str(), In(path).c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return;
    mount(nullptr, In(path).c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | LockedFlags(path),
          nullptr);
  }

  // A user namespace may not drop these flags of a mount that it inherited.
  static unsigned long LockedFlags(const std::string& path) {
    struct statvfs info {};
    if (statvfs(path.c_str(), &info) != 0) return 0;
    return info.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME | ST_NODIRATIME);
  }

  void MountProc() {
    mkdir(In("/proc").c_str(), 0555);
    if (mount("proc", In("/proc").c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) !=
        0) {
      ThrowErrno("mount /proc");
    }
  }

  void MakeDevices() {
    mkdir(In("/dev").c_str(), 0755);
    for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
      BindDevice(std::string("/dev/") + name);
    }
    MakeTerminals();
    for (const char* shared : {"/dev/shm", "/dev/mqueue"}) {
      mkdir(In(shared).c_str(), kSharedMode);
      chmod(In(shared).c_str(), kSharedMode);
    }
    fs::create_symlink("/proc/self/fd", In("/dev/fd"));
    for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
      const char* const names[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
      fs::create_symlink("/proc/self/fd/" + std::to_string(fd), In(names[fd]));
    }
  }

  void BindDevice(const std::string& path) {
    close(open(In(path).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    mount(path.c_str(), In(path).c_str(), nullptr, MS_BIND, nullptr);
  }

  void MakeTerminals() {
    mkdir(In("/dev/pts").c_str(), 0755);
    mount("devpts", In("/dev/pts").c_str(), "devpts", MS_NOSUID | MS_NOEXEC,
          "newinstance,ptmxmode=0666,mode=0620");
    fs::create_symlink("pts/ptmx", In("/dev/ptmx"));
  }

  void Enter() {
    // Both arguments the same folder: the old root is then stacked on the new one, and the lazy
    // unmount takes it away (pivot_root(2), "pivot_root(".", ".")").
    if (chdir(base_.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
        umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) {
      ThrowErrno("enter the view");
    }
  }

  std::string base_;
  std::vector<std::string> own_layer_;
  std::vector<MountPoint> mounts_;
  View view_;
};

// A character device 0/0 stands for a file that was removed.
bool IsWritten(const fs::directory_entry& entry) {
  const fs::file_status status = entry.symlink_status();
  return !fs::is_directory(status) && !fs::is_character_file(status);
}

}  // namespace

View BuildView(const std::string& base, const std::vector<std::string>& own_layer) {
  return Builder(base, own_layer).Build();
}

std::vector<std::string> Written(const View& view) {
  std::vector<std::string> written;
  for (const Layer& layer : view.layers) {
    std::error_code ignored;
    const auto options = fs::directory_options::skip_permission_denied;
    for (auto it = fs::recursive_directory_iterator(layer.upper, options, ignored);
         it != fs::recursive_directory_iterator(); it.increment(ignored)) {
      if (ignored) break;
      if (IsWritten(*it)) {
        written.push_back((fs::path(layer.path) / fs::relative(it->path(), layer.upper)).string());
      }
    }
  }
  return written;
}

}  // namespace pidfall
