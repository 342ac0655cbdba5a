#include "guard/copy_state.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>

#include "guard/holder.h"
#include "guard/identity.h"
#include "guard/lock_file.h"
#include "guard/refused.h"

namespace pidfall::guard {
namespace {

// The lock file, or in one-file mode the pid file.
Descriptor OpenLocked(const Folder& folder) {
  constexpr int kAsk = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  Descriptor lock(openat(folder.descriptor.get(), folder.lock_name.c_str(), kAsk));
  if (lock.valid()) return lock;
  return Descriptor(openat(folder.descriptor.get(), folder.pid_name.c_str(), kAsk));
}

std::optional<FileKey> KeyOf(const Descriptor& file) {
  struct stat status;
  if (!file.valid() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return FileKey{status.st_dev, status.st_ino};
}

Folder FolderOf(const std::filesystem::path& pid_file) {
  Options options;
  options.pid_file = pid_file;
  return OpenFolder(options);
}

Copy AsOwner(const Descriptor& lock, pid_t pid) {
  const auto record = ReadRecord(lock.get());
  const bool starting = record && record->pid == pid && record->state == RunState::kStarting;
  return {starting ? CopyState::kStarting : CopyState::kOwner};
}

Copy AskOfFile(const Descriptor& lock, const FileKey& key, pid_t pid) {
  const Descriptor process = OpenProcess(pid);
  if (!process.valid() || !Alive(process)) return {CopyState::kNone, "no such process"};
  if (HoldsLock(pid, key)) return AsOwner(lock, pid);
  const auto open = HasOpen(pid, key);
  if (!open) return {CopyState::kUnknown, "its open files are not for this user to see"};
  if (*open) return {CopyState::kStandingBy};
  return {CopyState::kNone, "it is neither the owner nor does it stand by"};
}

}  // namespace

Copy AskCopy(const std::filesystem::path& pid_file, pid_t pid) {
  try {
    const Folder folder = FolderOf(pid_file);
    const Descriptor lock = OpenLocked(folder);
    const auto key = KeyOf(lock);
    if (!key) return {CopyState::kNone, "no lock file"};
    return AskOfFile(lock, *key, pid);
  } catch (const Refused& refused) {
    return {CopyState::kUnknown, refused.reason};
  }
}

std::vector<pid_t> StandingBy(const std::filesystem::path& pid_file) {
  try {
    const auto key = KeyOf(OpenLocked(FolderOf(pid_file)));
    return key ? WaitingProcesses(*key) : std::vector<pid_t>();
  } catch (const Refused&) {
    return {};
  }
}

}  // namespace pidfall::guard
