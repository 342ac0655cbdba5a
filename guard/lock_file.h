// The file that carries the lock: `x.pid.lock`, made once, never removed, never renamed.
//
//   Folder folder = OpenFolder(options);
//   LockNode node = OpenLockNode(folder, options);  // throws Refused
//   if (!TryLock(folder, node, false)) ... an owner lives ...
//   if (!StillNamed(folder, node.key)) ... open it again ...
//
// Whatever is at the path and is not a regular file of ours with one name is left as it is.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "guard/descriptor.h"
#include "guard/guard.h"
#include "guard/held_locks.h"

namespace pidfall::guard {

// The folder, held by descriptor, so that renaming or swapping it cannot part two contenders that
// are under way; and the names in it.
struct Folder {
  Descriptor descriptor;
  std::string path;  // for messages
  std::string pid_name;
  std::string lock_name;
  std::string PidPath() const { return path + "/" + pid_name; }
  std::string LockPath() const { return path + "/" + lock_name; }
};

struct LockNode {
  Descriptor descriptor;
  FileKey key;
  bool fresh = false;  // empty: nobody has held it yet
};

Folder OpenFolder(const Options& options);
LockNode OpenLockNode(const Folder& folder, const Options& options);
LockNode DescribeLock(Descriptor descriptor);

// False: somebody holds it. Throws kUnsupported where the lock cannot be had at all; "not
// supported" is never taken for "not locked".
bool TryLock(const Folder& folder, const LockNode& node, bool also_ofd);

// Before the close, which is not enough: whoever reads /proc/PID/fdinfo/N at that moment keeps the
// file open a little longer, and with it the lock. Takes it from a child that shares it, too.
void Unlock(int fd);

// Somebody may have removed or replaced the file between our opening and our locking it; then
// what we hold locks nobody out.
bool StillNamed(const Folder& folder, const FileKey& key);

// The folder's mode and file system: throws kHostile where any user may rename our files,
// kUnsupported where locks may not exclude.
void CheckFolder(const Folder& folder, const LockNode& node, const Options& options);

}  // namespace pidfall::guard
