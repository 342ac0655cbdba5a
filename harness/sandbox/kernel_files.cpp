#include "harness/sandbox/kernel_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>

#include <cctype>
#include <memory>
#include <vector>

#include "harness/process/clone.h"
#include "harness/process/fd.h"
#include "harness/sandbox/mounts.h"

namespace pidfall {
namespace {

constexpr unsigned long kProcFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

// Without processes and symlinks, which lead to a process.
std::vector<std::string> EntriesOfKernel(const std::string& proc) {
  std::vector<std::string> entries;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(proc.c_str()), closedir);
  if (!folder) ThrowErrno("list " + proc);
  while (const dirent* entry = readdir(folder.get())) {
    const bool is_process = isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0;
    if (is_process || entry->d_name[0] == '.' || entry->d_type == DT_LNK) continue;
    entries.push_back(proc + "/" + entry->d_name);
  }
  return entries;
}

void Cover(const std::string& path) {
  const char* name = path.c_str();
  if (mount(name, name, nullptr, MS_BIND, nullptr) != 0 ||
      mount(nullptr, name, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | kProcFlags, nullptr) != 0) {
    ThrowErrno("make " + path + " read-only");
  }
}

// Every entry, writable or not: a chmod(2) there changes the whole machine.
void CoverKernelFiles(const std::string& proc) {
  const std::string network = proc + "/sys/net";
  const UniqueFd writable(open_tree(AT_FDCWD, network.c_str(), OPEN_TREE_CLONE | O_CLOEXEC));
  for (const std::string& entry : EntriesOfKernel(proc)) Cover(entry);
  if (!writable) return;  // the kernel does not have these settings
  if (move_mount(writable.get(), "", AT_FDCWD, network.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    ThrowErrno("keep " + network + " writable");
  }
}

void MountOn(const std::string& proc) {
  if (mount("proc", proc.c_str(), "proc", kProcFlags, nullptr) != 0) ThrowErrno("mount " + proc);
  KeepLastPid(proc);
}

}  // namespace

void MountProc(const std::string& root) {
  const std::string proc = root + "/proc";
  MountOn(proc);
  CoverKernelFiles(proc);
}

void MountBareProc() { MountOn("/proc"); }

void MountOwnProc() {
  KeepMountsPrivate();
  MountProc();
}

void MakeReadOnly(const std::string& path) {
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV;
  if (mount_setattr(AT_FDCWD, path.c_str(), AT_RECURSIVE, &wanted, sizeof(wanted)) != 0) {
    ThrowErrno("make " + path + " read-only");
  }
}

}  // namespace pidfall
