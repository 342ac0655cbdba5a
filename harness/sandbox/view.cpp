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
#include "harness/sandbox/devices.h"
#include "harness/sandbox/foreign.h"
#include "harness/sandbox/kernel_files.h"
#include "harness/sandbox/system_log.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

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

// Copies the mode and owner of the machine's folder. A tmpfs cannot have an owner that is not
// mapped: then the owner is us, and the owner's bits are our rights outside.
void TakeAfter(const std::string& path, const Place& like) {
  struct stat made {};
  if (stat(path.c_str(), &made) != 0) return;
  const bool has_owner = made.st_uid == like.user && made.st_gid == like.group;
  const bool is_like = has_owner || chown(path.c_str(), like.user, like.group) == 0;
  const mode_t mode = is_like ? like.mode : (like.mode & ~mode_t{S_IRWXU}) | like.ours;
  // mkdir(2) applies the umask, and ignores a set-group-id bit.
  if ((made.st_mode & 07777) != mode) chmod(path.c_str(), mode);
}

void MakeFolder(const std::string& path, const Place& like) {
  mkdir(path.c_str(), like.mode);
  TakeAfter(path, like);
}

void MakeNode(const std::string& path, const Place& like) {
  if (mknod(path.c_str(), like.kind | like.mode, 0) != 0) return;
  TakeAfter(path, like);
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
      case Shown::kNode:
        return MakeNode(In(place.path), place);
      case Shown::kProc:
        mkdir(In(place.path).c_str(), place.mode);
        return MountProc(base_);
      case Shown::kDevices:
        mkdir(In(place.path).c_str(), 0755);
        return view_.links.merge(MakeDevices(In(place.path)));
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
    for (const std::string& name : place.copies) {
      Copy(std::string(place.path).append("/").append(name),
           std::string(upper).append("/").append(name));
    }
    const std::string options = "userxattr,lowerdir=" + Escape(place.path) +
                                ",upperdir=" + Escape(In(upper)) + ",workdir=" + Escape(In(work));
    if (mount("pidfall", In(place.path).c_str(), "overlay", 0, options.c_str()) != 0) {
      return BindReadOnly(place);
    }
    view_.layers.push_back({place.path, upper});
  }

  // A file that was removed since the plan was made, or that is too large, is not copied.
  void Copy(const std::string& from, const std::string& to) try {
    struct stat info {};
    if (stat(from.c_str(), &info) != 0) return;
    WriteFile(In(to), ReadFile(from));
    TakeAfter(In(to), {.mode = info.st_mode & 07777,
                       .user = info.st_uid,
                       .group = info.st_gid,
                       .ours = RightsTo(from)});
    const timespec times[] = {info.st_atim, info.st_mtim};
    utimensat(AT_FDCWD, In(to).c_str(), times, 0);
    if (stat(In(to).c_str(), &info) == 0) view_.copies[from] = info.st_ctim;
  } catch (const std::system_error&) {
  }

  void BindReadOnly(const Place& place) {
    const std::string here = In(place.path);
    if (place.is_folder) {
      mkdir(here.c_str(), 0755);
    } else {
      MakeEmptyFile(here);
    }
    view_.read_only.push_back(place.path);
    if (Bind(place.path)) MakeReadOnly(here);
  }

  // A file that was removed since the plan was made is left out.
  bool Bind(const std::string& path) {
    const std::string here = In(path);
    if (mount(path.c_str(), here.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0) return true;
    (void)remove(here.c_str());
    return false;
  }

  void Enter() {
    // Both arguments name the same folder: the old root is then stacked on the new one, and the
    // lazy unmount removes it (pivot_root(2), "pivot_root(".", ".")").
    if (chdir(base_.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
        umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) {
      ThrowErrno("enter the view");
    }
  }

  std::string base_;
  View view_;
};

bool IsView(const View& view) { return !view.links.empty(); }

// Calls `visit` with the path of every file on the tmpfs below `folder`, except other mounts, the
// view's own folder and socket, and files that vanish meanwhile.
void ForEachFile(const std::string& folder, dev_t tmpfs,
                 const std::function<void(const std::string&)>& visit) {
  std::error_code ignored;
  const auto options = fs::directory_options::skip_permission_denied;
  for (const auto& entry : fs::directory_iterator(folder, options, ignored)) {
    const std::string path = entry.path().string();
    struct stat info {};
    if (lstat(path.c_str(), &info) != 0 || info.st_dev != tmpfs || path == kViewFolder) continue;
    if (path == kSystemLogPath) continue;
    if (S_ISDIR(info.st_mode)) {
      ForEachFile(path, tmpfs, visit);
    } else if (!S_ISCHR(info.st_mode)) {  // device 0/0 means that the file was removed
      visit(path);
    }
  }
}

bool IsStillItsCopy(const View& view, const std::string& path) {
  const auto copy = view.copies.find(path);
  struct stat info {};
  return copy != view.copies.end() && lstat(path.c_str(), &info) == 0 &&
         info.st_ctim.tv_sec == copy->second.tv_sec && info.st_ctim.tv_nsec == copy->second.tv_nsec;
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
      const std::string seen = layer.path + path.substr(layer.upper.size());
      if (!IsStillItsCopy(view, seen)) written.push_back(seen);
    });
  }
  return written;
}

}  // namespace pidfall
