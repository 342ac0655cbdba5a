#include "harness/tracer/fresh_state.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "harness/observe/numbers.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

SavedFile Save(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return {};
  SavedFile saved{.mode = info.st_mode, .owner = info.st_uid, .group = info.st_gid};
  std::error_code gone;
  if (S_ISREG(info.st_mode)) saved.content = ReadOrEmpty(path);
  if (S_ISLNK(info.st_mode)) saved.content = fs::read_symlink(path, gone).string();
  if (!S_ISDIR(info.st_mode)) return saved;
  for (const auto& entry : fs::directory_iterator(path, gone)) {
    saved.entries[entry.path().filename().string()] = Save(entry.path().string());
  }
  return saved;
}

// A socket made so has no listener, like that of a killed owner.
void Make(const fs::path& path, const SavedFile& saved) {
  if (S_ISREG(saved.mode)) {
    WriteFile(path.string(), saved.content);
  } else if (S_ISLNK(saved.mode)) {
    fs::create_symlink(saved.content, path);
  } else if (S_ISDIR(saved.mode)) {
    fs::create_directory(path);
  } else if (mknod(path.c_str(), saved.mode, 0) != 0) {
    ThrowErrno("make " + path.string() + " again");
  }
}

// The owner first: a change of it clears the set-user-id bit.
void Put(const fs::path& path, const SavedFile& saved) {
  Make(path, saved);
  for (const auto& [name, entry] : saved.entries) Put(path / name, entry);
  const bool ours = saved.owner == geteuid() && saved.group == getegid();
  if (!ours && lchown(path.c_str(), saved.owner, saved.group) != 0) {
    ThrowErrno("give " + path.string() + " to its owner");
  }
  constexpr mode_t kPermissions = 07777;
  const bool is_link = S_ISLNK(saved.mode);
  if (!is_link && chmod(path.c_str(), saved.mode & kPermissions) != 0) {
    ThrowErrno("chmod " + path.string());
  }
}

std::string TextOf(const SavedFile& saved, pid_t pid) {
  std::string text = fmt::format("{:o} {}\n", saved.mode, WithoutPid(saved.content, pid));
  for (const auto& [name, entry] : saved.entries) {
    text += WithoutPid(name, pid) + " " + TextOf(entry, pid);
  }
  return text;
}

}  // namespace

FreshState::FreshState(const Safeguard& safeguard) : safeguard_(safeguard) {
  for (const std::string& path : safeguard.Present()) files_[path] = Save(path);
}

void FreshState::Restore() const {
  std::error_code ignored;
  for (const std::string& path : safeguard_.Present()) {
    const auto before = files_.find(path);
    const bool same = before != files_.end() && before->second == Save(path);
    if (!same) fs::remove_all(path, ignored);
  }
  for (const auto& [path, saved] : files_) {
    if (!fs::exists(fs::symlink_status(path, ignored))) Put(path, saved);
  }
}

std::string LeftBehind(const Safeguard& safeguard, pid_t pid) {
  std::string all;
  for (const std::string& path : safeguard.Present()) {
    all += WithoutPid(safeguard.NameOf(path), pid) + " " + TextOf(Save(path), pid);
  }
  return all;
}

}  // namespace pidfall
