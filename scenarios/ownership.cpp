// The file is the owner's: only the owner removes or rewrites it.
#include <algorithm>
#include <string>
#include <vector>

#include "harness/faults/hold.h"
#include "harness/faults/pid_file.h"
#include "harness/kernel/files.h"
#include "harness/stage/answers.h"
#include "harness/stage/departure.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

bool CarriesLock(const Instance& owner, const std::vector<std::string>& files) {
  for (const pid_t pid : owner.Processes()) {
    const auto locks = HeldLocks(pid);
    if (std::any_of(locks.begin(), locks.end(), [&](const HeldLock& lock) {
          return std::find(files.begin(), files.end(), lock.path) != files.end();
        })) {
      return true;
    }
  }
  return false;
}

// The old owner has closed its port and still runs; its files are removed, and a newer owner
// serves.
void ExpectOldOneLeaves(Stage& stage, Instance& old, const Recipient& recipient) {
  const bool sabotage = CarriesLock(old, SafeguardFiles(stage));
  RemoveSafeguard(stage);
  Instance& newer = stage.Start();
  const bool is_newer = Settle(stage, newer) == Outcome::kServes;
  Release(stage, old);
  Require(Ends(stage, old, recipient), "C12", "the old owner did not end within 2 s after SIGTERM");
  if (is_newer && sabotage) {
    Prefer(stage, PidFileNames(stage, newer), "C6",
           "after its lock was removed, the old owner's exit took the newer one's file");
  } else if (is_newer) {
    ExpectFileNames(stage, newer, "C6");
  }
}

void OldExit(Stage& stage) {
  AtEachMoment(stage, [&](int nth) {
    Instance& old = stage.StartOwner();
    const Recipient recipient = RecipientOf(old);
    StopUntil(stage, old, nth);
    if (!old.IsHeld()) return false;
    // Later it may be between its check and its removal of the file: no check excludes that.
    const bool still_serves = Serves(stage, old);
    if (!still_serves) ExpectOldOneLeaves(stage, old, recipient);
    stage.EndAll();
    return still_serves;
  });
}

constexpr Scenario kOldExit{
    "ownership/old-exit",
    "C6",
    "An owner that is ending still runs, its files were removed, a newer one serves: the old "
    "one's exit keeps the newer one's file.",
    "The newer copy is invisible, and the next start is a second copy "
    "(cocoindex-io/cocoindex-code#288).",
    OldExit,
    part::kPidFile | part::kPort};

void ForkedChildExit(Stage& stage) {
  Instance& owner = stage.StartOwner({.arguments = stage.target().fork_arguments});
  Visit(stage);  // then the child has started and ended
  ExpectFileNames(stage, owner, "C6");
  if (stage.target().fork_arguments.empty()) {
    throw NotApplicable(
        "nothing is known that makes the target fork a child which ends (fork_arguments in a "
        "target file)");
  }
}

constexpr Scenario kForkedChildExit{
    "ownership/forked-child-exit",
    "C6",
    "A forked child of the owner ends as a program does: the owner's file stays.",
    "The first helper process that ends takes the safeguard away.",
    ForkedChildExit,
    part::kPidFile};

void ContenderExit(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const FileState before = PidFile(stage);
  Instance& contender = stage.Start();
  const Outcome outcome = ExpectNotServing(stage, contender, owner, "C1");
  if (outcome == Outcome::kWaits) stage.Stop(contender);
  Require(stage.Gone(contender, kStopBound), "C2", contender.name() + " neither served nor ended");
  ExpectUnchanged(stage, stage.pid_file(), before, "C6", "a contender's end");
  ExpectOneOwner(stage, owner);
}

constexpr Scenario kContenderExit{
    "ownership/contender-exit",
    "C6",
    "A contender ends, by itself or by SIGTERM while it stands by: the owner's file stays.",
    "The second try takes the safeguard away, and the third start is a second copy.",
    ContenderExit,
    part::kPidFile};

// Some watch their file: then no contender ended the owner.
bool EndsWithoutItsFile(Stage& stage) {
  stage.EndAll();
  const Instance& alone = stage.StartOwner();
  RemovePidFile(stage);
  return stage.Gone(alone, kStopBound);
}

void ExpectStillOwned(Stage& stage, const Instance& owner, bool carries_lock) {
  try {
    ExpectQuiet(stage, stage.Start(Elsewhere(stage)), owner);
  } catch (const Breach& breach) {
    if (owner.ended() && EndsWithoutItsFile(stage)) {
      throw NotApplicable("the owner ends by itself when its file is removed");
    }
    // Removing the file that carries the lock is sabotage, which no lock survives.
    if (!carries_lock) throw;
    Prefer(stage, false, breach.clause,
           "the lock was on that very file: " + std::string(breach.what()));
  }
}

void FileRemoved(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const bool carries_lock = CarriesLock(owner, {stage.pid_file()});
  RemovePidFile(stage);
  ExpectStillOwned(stage, owner, carries_lock);
}

constexpr Scenario kFileRemoved{
    "ownership/file-removed",
    "C1 C2",
    "The file is removed under the running owner, as by rm ~/.*.pid: a second start is refused.",
    "The cure for many stale files starts a second copy of each server that runs.",
    FileRemoved,
    part::kPidFile};

constexpr char kNoProcess[] = "4194303\n";  // the highest possible pid

void FileReplaced(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const bool carries_lock = CarriesLock(owner, {stage.pid_file()});
  const bool is_binary = stage.target().file_is_binary;
  ReplacePidFile(stage, is_binary ? PidFile(stage).content : kNoProcess);
  ExpectStillOwned(stage, owner, carries_lock);
}

constexpr Scenario kFileReplaced{
    "ownership/file-replaced",
    "C1 C2",
    "Another file, with another number, takes the place of the running owner's: a second start is "
    "refused.",
    "A restored backup or a clumsy script starts a second copy.",
    FileReplaced,
    part::kPidFile};

// The lock went with the folder. Only the port is left, so on another port nothing is promised.
void FolderRenamed(Stage& stage) {
  Instance& owner = stage.StartOwner();
  RenameFolder(stage);
  Instance& contender = stage.Start();
  ExpectNotServing(stage, contender, owner, "C1");
  ExpectOneOwner(stage, owner);
}

constexpr Scenario kFolderRenamed{
    "ownership/folder-renamed",
    "C1",
    "The folder of the pid file is renamed under the running owner, and made anew: no second copy "
    "serves on its port.",
    "Two copies share the port after a clean-up of /run.",
    FolderRenamed,
    part::kPidFile | part::kPort};

constexpr Scenario kFamily[] = {kOldExit,     kForkedChildExit, kContenderExit,
                                kFileRemoved, kFileReplaced,    kFolderRenamed};

}  // namespace

std::span<const Scenario> OwnershipFamily() { return kFamily; }

}  // namespace pidfall
