// The Stage's faults done to files.
#include "harness/probe/files.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "harness/observe/numbers.h"
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

void Own(const std::string& path, uid_t user, gid_t group) {
  if (chown(path.c_str(), user, group) != 0) {
    ThrowErrno("give " + path + " to user " + std::to_string(user));
  }
}

// "size=64k": remounting repeats it.
constexpr char kSmallDisk[] = "size=64k,mode=0755";
constexpr unsigned long kDiskFlags = MS_NOSUID | MS_NODEV;

// Its program, its script or its working directory are in there.
bool StartsFrom(const std::string& folder, const Target& target) {
  const std::filesystem::path home = target.folder;
  const auto is_below = [&](const std::filesystem::path& path) {
    const std::string whole = (home / path).lexically_normal().string() + "/";
    return whole.compare(0, folder.size() + 1, folder + "/") == 0;
  };
  const auto names_file_below = [&](const std::string& word) {
    std::error_code ignored;
    return is_below(word) && std::filesystem::exists(home / word, ignored);
  };
  return is_below(home) ||
         std::any_of(target.command.begin(), target.command.end(), names_file_below);
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
  if (ActingUser() != geteuid()) {
    Own(pid_file_, ActingUser(), ActingUser());
  } else if (geteuid() == 0 && target_.file_owner) {
    // One that drops root before it writes the file cannot write root's.
    Own(pid_file_, *target_.file_owner, static_cast<gid_t>(-1));
  }
  Did("write " + Excerpt(std::string(content)) + " to " + pid_file_);
}

void Stage::ReplacePidFile(std::string_view content) {
  const std::string other = pid_file_ + ".other";
  WriteFile(other, content);
  if (ActingUser() != geteuid()) Own(other, ActingUser(), ActingUser());
  std::filesystem::rename(other, pid_file_);
  Did("replace " + pid_file_ + " by a file that says " + Excerpt(std::string(content)));
}

// Lower folders of a copy-on-write view can't be renamed (EXDEV), and the real ones hold more.
void Stage::RenameFolder() {
  if (!Mentions(target_.command, "{pid_file}") && !Mentions(target_.command, "{dir}")) {
    throw NotApplicable("the folder of the pid file is not the sandbox's own");
  }
  std::filesystem::rename(folder_, folder_ + ".old");
  Did("rename " + folder_);
  MakeFolder(folder_);
}

bool Stage::AwaitOwnersFile() {
  if (!target_.pid_file) return false;
  return AwaitFile([&] { return !PidFile().content.empty(); });
}

bool Stage::AllAtRest() const {
  return std::all_of(instances_.begin(), instances_.end(), [](const Instance& instance) {
    const auto processes = instance.Processes();
    return std::all_of(processes.begin(), processes.end(), WaitsWithoutTimeout);
  });
}

// Whoever has come to rest will not write it any more.
bool Stage::AwaitFile(const std::function<bool()>& is_as_wanted) {
  constexpr Duration kFileBound = std::chrono::seconds(2);
  constexpr Duration kRestsAfter = std::chrono::milliseconds(200);
  const auto began = std::chrono::steady_clock::now();
  bool is = false;
  WaitUntil(
      [&] {
        is = is_as_wanted();
        return is || (std::chrono::steady_clock::now() - began >= kRestsAfter && AllAtRest());
      },
      kFileBound);
  return is;
}

FileState Stage::NeedOwnersFile() {
  if (!AwaitOwnersFile()) throw NotApplicable("the owner keeps no pid file");
  return PidFile();
}

void Stage::RemovePidFile() {
  Did("remove " + pid_file_);
  if (unlink(pid_file_.c_str()) != 0 && errno != ENOENT) ThrowErrno("remove " + pid_file_);
}

uid_t Stage::ActingUser() const {
  return acting_as_ == User::kOrdinary ? world_.ordinary_user : geteuid();
}

std::vector<std::string> Stage::SafeguardFiles() const {
  const std::string stem = std::filesystem::path(pid_file_).stem();
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename();
    if (others_.contains(name) && entry.path() != pid_file_) continue;
    if (name.compare(0, stem.size(), stem) == 0 && entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  return files;
}

void Stage::RemoveSafeguard() {
  for (const std::string& file : SafeguardFiles()) {
    Did("remove " + file);
    if (unlink(file.c_str()) != 0) ThrowErrno("remove " + file);
  }
}

void Stage::ShiftFileTimes(std::chrono::seconds shift) {
  for (const std::string& file : SafeguardFiles()) {
    const auto before = std::filesystem::last_write_time(file);
    std::filesystem::last_write_time(file, before + shift);
    Did("shift the time of " + file + " by " + std::to_string(shift.count()) + " s");
  }
}

void Stage::ActAs(User user) {
  acting_as_ = user;
  Own(folder_, ActingUser(), ActingUser() == geteuid() ? getegid() : ActingUser());
}

// By its owner and group: a folder that everybody may write is refused by careful guards.
void Stage::ShareFolder() {
  if (world_.second_user == 0) return;  // Landlock's second user is the first one, tied up
  Own(folder_, world_.second_user, ActingUser() == geteuid() ? getegid() : ActingUser());
  ChangeMode(folder_, 0775);
}

void Stage::MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) ThrowErrno("create " + path);
  if (ActingUser() != geteuid()) Own(path, ActingUser(), ActingUser());
  Did("make the folder " + path);
}

void Stage::ChangeMode(const std::string& path, mode_t mode) {
  if (chmod(path.c_str(), mode) != 0) ThrowErrno("change the mode of " + path);
  std::ostringstream octal;
  octal << std::oct << mode;
  Did("give " + path + " the mode 0" + octal.str());
}

bool Stage::PidFileNames(const Instance& instance) const {
  const std::string content = PidFile().content;
  const auto all = instance.Processes();
  return std::any_of(all.begin(), all.end(), [&](pid_t pid) {
    return target_.has_plain_pid_file ? IsPlainNumber(content, pid) : HasNumber(content, pid);
  });
}

std::map<std::string, FileState> Stage::FilesOf(const Instance& owner) {
  std::map<std::string, FileState> files;
  if (target_.pid_file && AwaitOwnersFile()) files[pid_file_] = PidFile();
  const auto sockets = UnixSockets();
  for (const pid_t pid : owner.Processes()) {
    const auto open = OpenSockets(pid);
    for (const UnixSocket& socket : sockets) {
      const bool has_path = socket.name.starts_with('/');
      if (has_path && open.contains(socket.inode)) files[socket.name] = ReadState(socket.name);
    }
  }
  return files;
}

void Stage::MountSmallDisk() {
  NeedFullSandbox("a disk of its own");
  if (StartsFrom(folder_, target_)) {
    throw NotApplicable("the target starts from its pid file's folder, which the disk would hide");
  }
  struct stat info {};
  if (stat(folder_.c_str(), &info) != 0) ThrowErrno("look at " + folder_);
  MountOn(folder_, "pidfall", "tmpfs", kDiskFlags, kSmallDisk);
  Own(folder_, info.st_uid, info.st_gid);
  if (acting_as_ != User::kOwn) ActAs(acting_as_);
}

void Stage::FillDisk() {
  const UniqueFd filler = OpenFile(folder_ + "/filler", O_WRONLY | O_CREAT);
  const std::string block(4096, 'x');
  while (write(filler.get(), block.data(), block.size()) > 0) {
  }
  if (errno != ENOSPC) ThrowErrno("fill the disk");
  Did("fill the disk");
}

void Stage::FreeDisk() {
  if (unlink((folder_ + "/filler").c_str()) != 0) ThrowErrno("free the disk");
  Did("free the disk");
}

void Stage::MakeDiskReadOnly() {
  MountOn(folder_, "pidfall", "tmpfs", MS_REMOUNT | MS_RDONLY | kDiskFlags, kSmallDisk);
  Did("make the disk read-only");
}

void Stage::MakeDiskWritable() {
  MountOn(folder_, "pidfall", "tmpfs", MS_REMOUNT | kDiskFlags, kSmallDisk);
  Did("make the disk writable");
}

void Stage::ShowInstead(const std::string& proc_path, const std::string& content) {
  NeedFullSandbox("a changed " + proc_path);
  const std::string source =
      back_room_ + "/" + std::filesystem::path(proc_path).filename().string();
  WriteFile(source, content);
  MountOn(proc_path, source.c_str(), nullptr, MS_BIND, nullptr);
  Did("change " + proc_path);
}

// Without a second user: a file of root's, seen at `path`. It cannot be removed from there either.
void Stage::MakeFileForeign(const std::string& path) {
  if (world_.second_user != 0) {
    Own(path, world_.second_user, world_.second_user);
  } else if (world_.full) {
    MountOn(path, "/etc/passwd", nullptr, MS_BIND, nullptr);
  } else {
    throw Skip("a file of another user needs root or namespaces (./pidfall doctor)");
  }
  Did("make " + path + " another user's");
}

void Stage::RemoveForeignFile(const std::string& path) {
  if (world_.second_user == 0) umount2(path.c_str(), MNT_DETACH);
  if (unlink(path.c_str()) != 0 && errno != ENOENT) ThrowErrno("remove " + path);
  Did("remove " + path);
}

}  // namespace pidfall
