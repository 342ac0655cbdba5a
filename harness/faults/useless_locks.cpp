#include "harness/faults/useless_locks.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string_view>
#include <vector>

#include "harness/kernel/files.h"
#include "harness/kernel/process.h"
#include "harness/stage/safeguard_files.h"

namespace pidfall {
namespace {

// The kernel's mark of a file that has no name, or no longer.
constexpr std::string_view kDeleted = " (deleted)";

// A file that was removed had a name, which another start may have made anew.
bool NeverHadName(const std::string& path) {
  if (!path.ends_with(kDeleted)) return false;
  return path.starts_with("/memfd:") ||
         std::filesystem::path(path).filename().string().starts_with('#');
}

// The name of an abstract socket that the kernel chose: a client's, never a lock.
bool IsChosenByKernel(const std::string& name) {
  static const std::regex kAutobound("@[0-9a-f]{5}");
  return std::regex_match(name, kAutobound);
}

bool IsLockSocket(const UnixSocket& socket) {
  return socket.name.starts_with('@') && !socket.listens && !IsChosenByKernel(socket.name);
}

std::vector<std::string> LockSocketsOf(const Instance& instance) {
  const auto sockets = UnixSockets();
  std::vector<std::string> names;
  for (const pid_t pid : instance.Processes()) {
    const auto open = OpenSockets(pid);
    for (const UnixSocket& socket : sockets) {
      if (IsLockSocket(socket) && open.contains(socket.inode)) names.push_back(socket.name);
    }
  }
  return names;
}

std::vector<HeldLock> LocksOf(const Instance& instance) {
  std::vector<HeldLock> locks;
  for (const pid_t pid : instance.Processes()) {
    const auto its = HeldLocks(pid);
    locks.insert(locks.end(), its.begin(), its.end());
  }
  return locks;
}

std::vector<std::string> NamesOfLocks(const Instance& instance) {
  std::vector<std::string> names = LockSocketsOf(instance);
  for (const HeldLock& lock : LocksOf(instance)) names.push_back(lock.path);
  return names;
}

// Two names of one form differ in a number, or in a random word.
std::string FormOf(const std::string& name) {
  static const std::regex kVaries("[0-9A-Za-z]*[0-9][0-9A-Za-z]*");
  return std::regex_replace(name, kVaries, "_");
}

bool DiffersElsewhere(const Stage& stage, const Instance& owner, const std::string& name) {
  return std::ranges::any_of(stage.instances(), [&](const Instance& other) {
    const auto names = NamesOfLocks(other);
    if (&other == &owner || std::ranges::count(names, name) > 0) return false;
    return std::ranges::count(names, FormOf(name), FormOf) > 0;
  });
}

std::string WhyUseless(const Stage& stage, const HeldLock& lock, const Instance& owner) {
  if (NeverHadName(lock.path)) return "no other start can open its file, which has no name";
  if (lock.is_shared) return "it is shared";
  return DiffersElsewhere(stage, owner, lock.path) ? "each start locks a file of its own" : "";
}

std::string WhyUseless(const Stage& stage, const std::string& socket, const Instance& owner) {
  return DiffersElsewhere(stage, owner, socket) ? "each start binds a name of its own" : "";
}

std::string Sentence(const std::string& lock, const Instance& owner, const std::string& why) {
  return "the " + lock + " that " + owner.name() + " holds keeps nobody out, since " + why;
}

std::string NameOf(const HeldLock& lock) {
  const bool is_deleted = lock.path.ends_with(kDeleted);
  const size_t size = lock.path.size() - (is_deleted ? kDeleted.size() : 0);
  return lock.kind + " lock on " + lock.path.substr(0, size);
}

}  // namespace

bool IsGuardFile(const Stage& stage, const std::string& path) {
  const auto& files = stage.target().guard_files;
  return path.starts_with(stage.pid_file()) || std::ranges::any_of(files, [&](const auto& file) {
           return path.starts_with(GuardFilePath(stage, file));
         });
}

std::string UselessLockOf(const Stage& stage, const Instance& owner) {
  std::string sentence;
  for (const HeldLock& lock : LocksOf(owner)) {
    if (!IsGuardFile(stage, lock.path) && !NeverHadName(lock.path)) continue;
    const std::string why = WhyUseless(stage, lock, owner);
    if (why.empty()) return "";
    sentence = Sentence(NameOf(lock), owner, why);
  }
  for (const std::string& socket : LockSocketsOf(owner)) {
    const std::string why = WhyUseless(stage, socket, owner);
    if (why.empty()) return "";
    if (sentence.empty()) sentence = Sentence("abstract unix socket " + socket, owner, why);
  }
  return sentence;
}

}  // namespace pidfall
