#include "harness/faults/disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "harness/faults/users.h"
#include "harness/stage/needs.h"

namespace pidfall {
namespace {

// "size=64k": remounting repeats it.
constexpr char kSmallDisk[] = "size=64k,mode=0755";

// Whether its program, its script, its working directory or what it reads at its start is in there.
bool StartsFrom(const std::string& folder, const Target& target) {
  const std::filesystem::path home = target.folder;
  const auto whole = [&](const std::filesystem::path& path) {
    return (home / path).lexically_normal().string() + "/";
  };
  const auto is_below = [&](const std::filesystem::path& path) {
    return whole(path).starts_with(folder + "/");
  };
  const auto names_file_below = [&](const std::string& word) {
    std::error_code ignored;
    // The folder itself, for its data: nothing in it is hidden.
    if (whole(word) == folder + "/" && std::filesystem::is_empty(folder, ignored)) return false;
    return is_below(word) && std::filesystem::exists(home / word, ignored);
  };
  return is_below(home) ||
         std::any_of(target.command.begin(), target.command.end(), names_file_below);
}

void MountDisk(const std::string& folder, unsigned long flags) {
  const unsigned long all = flags | MS_NOSUID | MS_NODEV;
  if (mount("pidfall", folder.c_str(), "tmpfs", all, kSmallDisk) != 0) {
    ThrowErrno("mount on " + folder);
  }
}

}  // namespace

void MountSmallDisk(Stage& stage) {
  NeedFullSandbox(stage, "a disk of its own");
  if (StartsFrom(stage.folder(), stage.target())) {
    throw NotApplicable("the target starts from its pid file's folder, which the disk would hide");
  }
  struct stat info {};
  if (stat(stage.folder().c_str(), &info) != 0) ThrowErrno("look at " + stage.folder());
  MountDisk(stage.folder(), 0);
  GiveTo(stage.folder(), info.st_uid, info.st_gid);
}

void FillDisk(Stage& stage) {
  const UniqueFd filler = OpenFile(stage.folder() + "/filler", O_WRONLY | O_CREAT);
  const std::string block(4096, 'x');
  while (write(filler.get(), block.data(), block.size()) > 0) {
  }
  if (errno != ENOSPC) ThrowErrno("fill the disk");
  stage.Did("fill the disk");
}

void FreeDisk(Stage& stage) {
  if (unlink((stage.folder() + "/filler").c_str()) != 0) ThrowErrno("free the disk");
  stage.Did("free the disk");
}

void MakeDiskReadOnly(Stage& stage) {
  MountDisk(stage.folder(), MS_REMOUNT | MS_RDONLY);
  stage.Did("make the disk read-only");
}

void MakeDiskWritable(Stage& stage) {
  MountDisk(stage.folder(), MS_REMOUNT);
  stage.Did("make the disk writable");
}

}  // namespace pidfall
