// The Stage's faults done to files.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "harness/stage/stage.h"

namespace pidfall {
namespace {

// What evidence shows of a file: short, and printable.
std::string Excerpt(const std::string& content) {
  constexpr size_t kMostShown = 40;
  std::string shown;
  for (const char c : content.substr(0, kMostShown)) {
    shown += c == '\n'                                     ? "\\n"
             : std::isprint(static_cast<unsigned char>(c)) ? std::string(1, c)
                                                           : "?";
  }
  if (content.size() > kMostShown) shown += "... " + std::to_string(content.size()) + " bytes";
  return "\"" + shown + "\"";
}

void MountOn(const std::string& path, const char* source, const char* type, unsigned long flags,
             const char* data) {
  if (mount(source, path.c_str(), type, flags, data) != 0) {
    throw Broken("mount on " + path + ": " + strerror(errno));
  }
}

}  // namespace

std::string FileState::Describe() const {
  return exists ? Excerpt(content) + " (inode " + std::to_string(inode) + ")" : "no file";
}

FileState ReadState(const std::string& path) {
  FileState state;
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return state;
  state = {.exists = true,
           .inode = info.st_ino,
           .mode = info.st_mode,
           .owner = info.st_uid,
           .modified_ns = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec};
  if (!S_ISREG(info.st_mode)) return state;
  try {
    state.content = ReadFile(path);
  } catch (const std::system_error&) {
    state.content = "(unreadable)";
  }
  return state;
}

void Stage::WritePidFile(std::string_view content) {
  WriteFile(pid_file_, content);
  if (acting_as_ == User::kOrdinary)
    (void)!chown(pid_file_.c_str(), world_.ordinary_user, world_.ordinary_user);
  Did("write " + Excerpt(std::string(content)) + " to " + pid_file_);
}

void Stage::RemovePidFile() {
  Did("remove " + pid_file_);
  if (unlink(pid_file_.c_str()) != 0 && errno != ENOENT) ThrowErrno("remove " + pid_file_);
}

void Stage::ActAs(User user) {
  acting_as_ = user;
  const uid_t uid = user == User::kOrdinary ? world_.ordinary_user : geteuid();
  if (chown(folder_.c_str(), uid, uid == geteuid() ? getegid() : uid) != 0) {
    ThrowErrno("give " + folder_ + " to user " + std::to_string(uid));
  }
}

bool Stage::PidFileNames(const Instance& instance) const {
  const std::string content = PidFile().content;
  for (const pid_t pid : instance.Processes()) {
    const std::string number = std::to_string(pid);
    if (content.compare(0, number.size(), number) != 0) continue;
    if (content.size() == number.size() || content[number.size()] == '\n') return true;
  }
  return false;
}

void Stage::MountSmallDisk() {
  NeedFullSandbox("a disk of its own");
  MountOn(folder_, "pidfall", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0755");
  if (acting_as_ == User::kOrdinary) ActAs(acting_as_);
}

void Stage::FillDisk() {
  const UniqueFd filler = OpenFile(folder_ + "/filler", O_WRONLY | O_CREAT);
  const std::string block(4096, 'x');
  while (write(filler.get(), block.data(), block.size()) > 0) {
  }
  if (errno != ENOSPC) ThrowErrno("fill the disk");
  Did("fill the disk");
}

void Stage::MakeDiskReadOnly() {
  MountOn(folder_, "pidfall", "tmpfs", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, "size=64k");
  Did("make the disk read-only");
}

void Stage::ShowInstead(const std::string& proc_path, const std::string& content) {
  NeedFullSandbox("a changed " + proc_path);
  const std::string source =
      back_room_ + "/" + std::filesystem::path(proc_path).filename().string();
  WriteFile(source, content);
  MountOn(proc_path, source.c_str(), nullptr, MS_BIND, nullptr);
  Did("change " + proc_path);
}

void Stage::MakeFileForeign(const std::string& path) {
  NeedSecondUser();
  if (world_.second_user == 0) throw Skip("a file of another user needs root, or newuidmap");
  if (chown(path.c_str(), world_.second_user, world_.second_user) != 0) {
    ThrowErrno("give " + path + " to another user");
  }
  Did("give " + path + " to another user");
}

}  // namespace pidfall
