// What an Instance is made of; private to the guard.
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

// What the watching thread shares with its Instance. It is the thread's, too: a report that
// releases the Instance leaves it to the thread alone.
struct Watching {
  std::mutex mutex;  // over what both read and change
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
  LockNode node;  // not held: who does is asked through it
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
  // Closes, and unlocks where no child can have the lock as well.
  void DropLock();
  // The opposite, as far as the files are still ours.
  void SignOut();
  bool RecordIsOurs() const;
  // The ready file is there or, where a dead copy left one, not. Throws Refused.
  void PutReadyFile(bool ready);
  RunState StateAsOwner() const;  // right after signing in
  // To the service manager, and of standing by the ready file too. The first throws Refused.
  void TellStandingBy(const Owner& owner);
  void TellOwner();
  void StopWatching();
  void ForgetParentsWatcher();  // in a forked child
  // Until the result goes; nothing to do where nobody watches.
  std::unique_lock<std::mutex> KeepWatcherOut();
};

}  // namespace pidfall::guard
