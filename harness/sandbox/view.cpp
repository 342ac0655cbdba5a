#include "harness/sandbox/view.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>

#include "harness/process/fd.h"
#include "harness/sandbox/mounts.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

constexpr mode_t kSharedMode = 01777;

// The option string is split at commas, the list of lower layers at colons.
std::string Escape(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    if (c == ',' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void MakeEmptyFile(const std::string& path) {
  close(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
}

// With the mode and owner that the machine's has.
void MakeFolder(const std::string& path, const Place& like) {
  mkdir(path.c_str(), like.mode);
  // The umask, and a set-group-id bit, which mkdir(2) leaves out.
  struct stat made {};
  if (stat(path.c_str(), &made) != 0) return;
  if ((made.st_mode & 07777) != like.mode) chmod(path.c_str(), like.mode);
  if (made.st_uid == like.user && made.st_gid == like.group) return;
  // Fails for an owner who is not mapped: then it is ours, which is what a tmpfs can do.
  (void)!chown(path.c_str(), like.user, like.group);
}

class Builder {
 public:
  explicit Builder(std::string base) : base_(std::move(base)) {}

  View Build(const ViewPlan& plan) {
    if (mount("pidfall", base_.c_str(), "tmpfs", MS_NOSUID, "mode=0755") != 0) {
      ThrowErrno("mount a tmpfs on " + base_);
    }
    mkdir(In(kViewFolder).c_str(), 0755);
    for (const Place& place : plan) Show(place);
    Enter();
    return std::move(view_);
  }

 private:
  std::string In(const std::string& path) const { return base_ + path; }

  void Show(const Place& place) {
    switch (place.as) {
      case Shown::kFolder:
        return MakeFolder(In(place.path), place);
      case Shown::kSymlink:
        return Link(place.link, place.path);
      case Shown::kLayer:
        return LayerOver(place);
      case Shown::kReadOnly:
        return BindReadOnly(place);
      case Shown::kProc:
        mkdir(In(place.path).c_str(), place.mode);
        return MountProc(base_);
      case Shown::kDevices:
        return MakeDevices();
    }
  }

  void Link(const std::string& to, const std::string& path) {
    fs::create_symlink(to, In(path));
    view_.links[path] = to;
  }

  void LayerOver(const Place& place) {
    const std::string number = std::to_string(view_.layers.size());
    const std::string upper = std::string(kViewFolder) + "/upper-" + number;
    const std::string work = std::string(kViewFolder) + "/work-" + number;
    mkdir(In(place.path).c_str(), 0755);
    MakeFolder(In(upper), place);  // gives the overlay's root its mode and owner
    mkdir(In(work).c_str(), 0755);
    const std::string options = "userxattr,lowerdir=" + Escape(place.path) +
                                ",upperdir=" + Escape(In(upper)) + ",workdir=" + Escape(In(work));
    if (mount("pidfall", In(place.path).c_str(), "overlay", 0, options.c_str()) != 0) {
      return BindReadOnly(place);
    }
    view_.layers.push_back({place.path, upper});
  }

  void BindReadOnly(const Place& place) {
    const std::string here = In(place.path);
    if (place.is_folder) {
      mkdir(here.c_str(), 0755);
    } else {
      MakeEmptyFile(here);
    }
    view_.read_only.push_back(place.path);
    if (!Bind(place.path, MS_REC)) return;
    mount(nullptr, here.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | place.locked, nullptr);
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
    Link("/proc/self/fd", "/dev/fd");
    for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
      const char* const names[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
      Link("/proc/self/fd/" + std::to_string(fd), names[fd]);
    }
  }

  void BindDevice(const std::string& path) {
    MakeEmptyFile(In(path));
    Bind(path, 0);
  }

  // What has gone since it was planned is not there either.
  bool Bind(const std::string& path, unsigned long flags) {
    const std::string here = In(path);
    if (mount(path.c_str(), here.c_str(), nullptr, MS_BIND | flags, nullptr) == 0) return true;
    (void)remove(here.c_str());
    return false;
  }

  void MakeTerminals() {
    mkdir(In("/dev/pts").c_str(), 0755);
    mount("devpts", In("/dev/pts").c_str(), "devpts", MS_NOSUID | MS_NOEXEC,
          "newinstance,ptmxmode=0666,mode=0620");
    Link("pts/ptmx", "/dev/ptmx");
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
  View view_;
};

bool IsView(const View& view) { return !view.links.empty(); }

// `visit` is given the path of every file on the tmpfs below `folder`: what is mounted there and
// the view's own folder are passed over, and what vanishes meanwhile is, too.
void ForEachFile(const std::string& folder, dev_t tmpfs,
                 const std::function<void(const std::string&)>& visit) {
  std::error_code ignored;
  const auto options = fs::directory_options::skip_permission_denied;
  for (const auto& entry : fs::directory_iterator(folder, options, ignored)) {
    const std::string path = entry.path().string();
    struct stat info {};
    if (lstat(path.c_str(), &info) != 0 || info.st_dev != tmpfs || path == kViewFolder) continue;
    if (S_ISDIR(info.st_mode)) {
      ForEachFile(path, tmpfs, visit);
    } else if (!S_ISCHR(info.st_mode)) {  // 0/0 stands for a file that was removed
      visit(path);
    }
  }
}

bool IsStillItsLink(const View& view, const std::string& path) {
  const auto link = view.links.find(path);
  std::error_code no_link;
  return link != view.links.end() && fs::read_symlink(path, no_link) == link->second;
}

}  // namespace

View EnterView(const std::string& base, const ViewPlan& plan) { return Builder(base).Build(plan); }

std::vector<std::string> Written(const View& view) {
  std::vector<std::string> written;
  struct stat root {};
  if (!IsView(view) || stat("/", &root) != 0) return written;
  ForEachFile("/", root.st_dev, [&](const std::string& path) {
    if (!IsStillItsLink(view, path)) written.push_back(path);
  });
  for (const Layer& layer : view.layers) {
    ForEachFile(layer.upper, root.st_dev, [&](const std::string& path) {
      written.push_back(layer.path + path.substr(layer.upper.size()));
    });
  }
  return written;
}

}  // namespace pidfall
