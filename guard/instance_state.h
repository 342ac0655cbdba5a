// The parts of an Instance; private to the guard.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "guard/guard.h"
#include "guard/held_locks.h"
#include "guard/identity.h"
#include "guard/lock_file.h"
#include "guard/pid_file.h"
#include "guard/ready_file.h"
#include "guard/record.h"

namespace pidfall::guard {

// State that the watching thread shares with its Instance. The thread owns it, too: after a report
// that releases the Instance, only the thread has it.
struct Watching {
  std::mutex mutex;  // guards the state that both read and change
  Descriptor events;
  Descriptor stop;
  std::thread thread;
  pid_t pid = 0;
};

struct Instance::State {
  Options options;
  Outcome outcome = Outcome::kTrouble;
  std::string reason;
  Previous previous = Previous::kNone;
  Folder folder;
  LockNode node;  // not held by us: the question for its holder goes through it
  Owner older;    // an older instance under a plain pid file keeps us out
  HeldLock held;
  bool lock_shared = false;  // a child may have had it, now or before
  Record record;             // as we wrote it
  PublishedFile file;
  ReadyFile ready_file;
  Identity self;

  std::shared_ptr<Watching> watching;

  // Writes the record and the pid file for `self`. Throws Refused.
  void SignIn();
  void PublishAndRecord();
  void WriteRecord();
  void WritePidInPlace();
  void SetLockInheritance();
  // Closes the lock, and unlocks it where no child can have it as well.
  void DropLock();
  // Undoes SignIn(), as far as the files are still ours.
  void SignOut();
  bool RecordIsOurs() const;
  // Makes the ready file, or removes one that a dead copy left. Throws Refused.
  void PutReadyFile(bool ready);
  RunState StateAsOwner() const;  // right after signing in
  // Both tell the service manager. TellStandingBy also updates the ready file, and throws Refused.
  void TellStandingBy(const Owner& owner);
  void TellOwner();
  void StopWatching();
  void ForgetParentsWatcher();  // in a forked child
  // For the lifetime of the result; does nothing where no thread watches.
  std::unique_lock<std::mutex> KeepWatcherOut();
};

}  // namespace pidfall::guard
