// The file that carries the lock: `x.pid.lock`, made once, never removed, never renamed.
//
//   Folder folder = OpenFolder(options);
//   LockNode node = OpenLockNode(folder, options);  // throws Refused
//   if (!TryLock(folder, node, false)) ... an owner lives ...
//   if (!StillNamed(folder, node.key)) ... open it again ...
//
// Anything else at the path than a regular file of ours with one name is left as it is.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "guard/descriptor.h"
#include "guard/guard.h"
#include "guard/held_locks.h"

namespace pidfall::guard {

// The folder and the names in it. It is held by descriptor, so that contenders that have started
// still meet when it is renamed or swapped.
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
  bool fresh = false;  // empty: no owner has held it yet
};

Folder OpenFolder(const Options& options);
LockNode OpenLockNode(const Folder& folder, const Options& options);
LockNode DescribeLock(Descriptor descriptor);

// False: another process holds it. Throws kUnsupported where locks do not work at all; "not
// supported" is never taken for "not locked".
bool TryLock(const Folder& folder, const LockNode& node, bool also_ofd);

// Called before the close, which is not enough: a reader of /proc/PID/fdinfo/N keeps the file open
// a little longer, and with it the lock. Takes it from a child that shares it, too.
void Unlock(int fd);

// The file may have been removed or replaced between our opening and our locking it; then our
// lock keeps nobody out.
bool StillNamed(const Folder& folder, const FileKey& key);

// Checks the folder's mode and file system: throws kHostile where any user may rename our files,
// kUnsupported where locks may not exclude.
void CheckFolder(const Folder& folder, const LockNode& node, const Options& options);

}  // namespace pidfall::guard
