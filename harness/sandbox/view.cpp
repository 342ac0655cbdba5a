#include "harness/sandbox/view.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "harness/process/fd.h"

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
        return MountProc();
      case Shown::kDevices:
        return MakeDevices();
    }
  }

  void Link(const std::string& to, const std::string& path) {
    fs::create_symlink(to, In(path));
    view_.links.insert(path);
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
    if (mount(place.path.c_str(), here.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return;
    mount(nullptr, here.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | place.locked, nullptr);
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
    Link("/proc/self/fd", "/dev/fd");
    for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
      const char* const names[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
      Link("/proc/self/fd/" + std::to_string(fd), names[fd]);
    }
  }

  void BindDevice(const std::string& path) {
    MakeEmptyFile(In(path));
    mount(path.c_str(), In(path).c_str(), nullptr, MS_BIND, nullptr);
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

// A character device 0/0 stands for a file that was removed.
bool IsWritten(const fs::directory_entry& entry) {
  const fs::file_status status = entry.symlink_status();
  return !fs::is_directory(status) && !fs::is_character_file(status);
}

constexpr auto kReadable = fs::directory_options::skip_permission_denied;

// On the tmpfs that is the view's root: in "/", and in its folders that are no layers.
std::vector<std::string> WrittenBesideLayers(const View& view) {
  std::vector<std::string> written;
  std::error_code ignored;
  struct stat root {};
  if (stat("/", &root) != 0) return written;
  for (auto it = fs::recursive_directory_iterator("/", kReadable, ignored);
       it != fs::recursive_directory_iterator(); it.increment(ignored)) {
    if (ignored) break;
    const std::string path = it->path().string();
    struct stat info {};
    const bool mounted = lstat(path.c_str(), &info) != 0 || info.st_dev != root.st_dev;
    if (mounted || path == kViewFolder) {
      it.disable_recursion_pending();
    } else if (IsWritten(*it) && !view.links.contains(path)) {
      written.push_back(path);
    }
  }
  return written;
}

}  // namespace

View EnterView(const std::string& base, const ViewPlan& plan) { return Builder(base).Build(plan); }

std::vector<std::string> Written(const View& view) {
  std::vector<std::string> written = WrittenBesideLayers(view);
  for (const Layer& layer : view.layers) {
    std::error_code ignored;
    for (auto it = fs::recursive_directory_iterator(layer.upper, kReadable, ignored);
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
