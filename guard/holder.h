// Who holds a lock, and a handle on that process which can be signalled without hitting another.
//
//   Holder holder = FindHolder(lock_fd, key);
//   if (holder.process.valid()) SendSignal(holder.process, holder.owner.pid, SIGTERM);
//
// Asks the record first. Where that does not fit (the owner is just signing in, or its child keeps
// the lock) it asks the kernel, in /proc. Takes no lock.
#pragma once

#include <optional>
#include <vector>

#include "guard/descriptor.h"
#include "guard/guard.h"
#include "guard/held_locks.h"
#include "guard/lock_file.h"
#include "guard/record.h"

namespace pidfall::guard {

struct Holder {
  Owner owner;
  Descriptor process;            // valid if and only if owner.verified
  std::optional<Record> record;  // as it stands in the file, no matter which process wrote it
  bool in_other_namespace = false;
};

Holder FindHolder(int lock_fd, const FileKey& key);

// Asks the kernel alone: for a file in which no owner writes a record.
Holder FindLocker(const FileKey& key);

std::optional<Record> ReadRecord(int lock_fd);

// Whether a live process has the pid that signed in last and did not sign out.
bool RecordedLives(int lock_fd);

// From the pid file, where the lock file cannot be read: never verified.
Owner ReadPlainOwner(const Folder& folder);

// The process that holds the lock on this file, as far as this user may see; 0 when there is none.
// (Linux; 0 elsewhere.)
pid_t LockingProcess(const FileKey& key);
bool HoldsLock(pid_t pid, const FileKey& key);

// Whether it has the file open; nothing when this user may not see it. (Linux; else nothing.)
std::optional<bool> HasOpen(pid_t pid, const FileKey& key);
// The processes blocked on the lock, in the order in which they get it; none on macOS.
std::vector<pid_t> WaitingProcesses(const FileKey& key);

}  // namespace pidfall::guard
