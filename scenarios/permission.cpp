// Other users, and missing permissions. Root acts as an ordinary user here: no file mode stops
// root.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "harness/faults/pid_file.h"
#include "harness/faults/users.h"
#include "harness/stage/expect.h"
#include "harness/stage/impaired_start.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

// A status of 0 means "started", unless it is the declared one of a duplicate.
void ExpectRefused(Stage& stage, Instance& contender, const Instance& owner,
                   const FileState& before, const std::string& clause) {
  const Outcome outcome = ExpectNotServing(stage, contender, owner, clause);
  Require(Serves(stage, owner), clause, "the owner no longer serves");
  ExpectUnchanged(stage, stage.pid_file(), before, clause, "a contender");
  if (outcome == Outcome::kWaits || !contender.ending()) return;
  const Ending ending = *contender.ending();
  Require(ending != Ending{} || IsDuplicateStatus(stage, ending), clause,
          "a start that was refused ended with status 0, as if it had started");
}

Instance& StartFirst(Stage& stage) {
  try {
    return stage.Start();
  } catch (const Broken&) {
    SkipIfOutOfReach(stage);
    throw;
  }
}

// Some listen before they open what an ordinary user may not.
bool GoesOn(Stage& stage, const Instance& first) {
  stage.WaitUntil([&] { return first.ended() || IsAtRest(first); }, kBusyAfter);
  return Serves(stage, first);
}

// A target that only root can run cannot be judged where an ordinary user cannot start it.
void ActAsOrdinary(Stage& stage) {
  ActAs(stage, User::kOrdinary);
  if (stage.world().ordinary_user == geteuid()) return;
  Instance& first = StartFirst(stage);
  if (Settle(stage, first) != Outcome::kServes || !GoesOn(stage, first)) {
    SkipIfOutOfReach(stage);
    throw NotApplicable("an ordinary user cannot start it: " + first.FirstLines());
  }
  stage.KillTree(first);
  if (stage.target().pid_file) RemoveSafeguard(stage);
}

void OtherUser(Stage& stage) {
  ActAsOrdinary(stage);
  ShareFolder(stage);
  const Instance& owner = stage.StartOwner();
  const FileState before = PidFile(stage);
  ExpectRefused(stage, stage.Start({.user = User::kOther}), owner, before, "C7");
}

constexpr Scenario kOtherUser{
    "permission/other-user",
    "C7",
    "The owner is another user's: a contender that may not signal it is refused.",
    "A second copy starts, or another user's file is removed, because EPERM was taken for death.",
    OtherUser,
    part::kNone,
    need::kSecondUser};

void UnreadableUnderOwner(Stage& stage) {
  ActAsOrdinary(stage);
  const Instance& owner = stage.StartOwner();
  NeedOwnersFile(stage);
  ChangeMode(stage, stage.pid_file(), 0);
  ExpectRefused(stage, stage.Start(), owner, PidFile(stage), "C8");
}

constexpr Scenario kUnreadableUnderOwner{
    "permission/unreadable-file-under-owner",
    "C8",
    "The owner's file cannot be read: a contender is refused, the file untouched.",
    "A second copy starts because the first one's file could not be read.",
    UnreadableUnderOwner,
    part::kPidFile,
    need::kUserWherePossible};

void UnreadableFile(Stage& stage) {
  ActAsOrdinary(stage);
  WriteStaleFile(stage, "99999");
  ChangeMode(stage, stage.pid_file(), 0);
  ImpairedStart start(stage, {.clause = "C8",
                              .what = "the file cannot be read",
                              .names = stage.pid_file(),
                              .cause = EACCES});
  start.ExpectFailsClosed();
  if (PidFile(stage).exists) ChangeMode(stage, stage.pid_file(), 0644);
  start.ExpectNextServes();
}

constexpr Scenario kUnreadableFile{
    "permission/unreadable-file",
    "C8",
    "A file without an owner cannot be read: the start serves guarded, or fails as a failure.",
    "A guard that cannot read the file decides that no owner lives.",
    UnreadableFile,
    part::kPidFile,
    need::kUserWherePossible};

void ReadOnlyFolder(Stage& stage) {
  ActAsOrdinary(stage);
  ChangeMode(stage, stage.folder(), 0555);
  ImpairedStart start(stage, {.clause = "C8",
                              .what = "the folder cannot be written",
                              .names = stage.folder(),
                              .cause = EACCES});
  start.ExpectFailsClosed();
  ChangeMode(stage, stage.folder(), 0755);
  start.ExpectNextServes();
}

constexpr Scenario kReadOnlyFolder{
    "permission/read-only-folder",
    "C8",
    "The folder cannot be written: the start serves guarded, or fails as a failure.",
    "The server runs unguarded, or the supervisor takes the failure for a duplicate.",
    ReadOnlyFolder,
    part::kPidFile,
    need::kUserWherePossible};

void MissingFolder(Stage& stage) {
  ActAsOrdinary(stage);
  const std::string missing = stage.folder() + "/missing";
  ImpairedStart start(stage, {.clause = "C8",
                              .what = "the folder does not exist",
                              .names = missing,
                              .cause = ENOENT,
                              .start = {.pid_file = missing + "/server.pid"}});
  start.ExpectFailsClosed();
  MakeFolder(stage, missing);  // unless the start has
  start.ExpectNextServes();
}

constexpr Scenario kMissingFolder{
    "permission/missing-folder",
    "C8",
    "The folder does not exist: the start serves guarded, or fails as a failure.",
    "After a reboot /run/NAME is gone, and the server runs unguarded.",
    MissingFolder,
    part::kPidFile | part::kOtherPidFile,
    need::kUserWherePossible};

void ForeignFile(Stage& stage) {
  ActAsOrdinary(stage);
  WriteStaleFile(stage, "99999");
  MakeFileForeign(stage, stage.pid_file());
  ImpairedStart start(
      stage,
      {.clause = "C8", .what = "the file belongs to another user", .names = stage.pid_file()});
  start.ExpectFailsClosed();
  RemoveForeignFile(stage, stage.pid_file());
  start.ExpectNextServes();
}

constexpr Scenario kForeignFile{
    "permission/foreign-file",
    "C8",
    "The file belongs to another user: the start serves guarded, or fails as a failure.",
    "Started once as root, the server never starts again as itself, or runs unguarded.",
    ForeignFile,
    part::kPidFile,
    need::kForeignFile};

void ModeUnderUmask0(Stage& stage) {
  stage.StartOwner({.umask = 0});
  const FileState file = NeedOwnersFile(stage);
  Require((file.mode & (S_IWGRP | S_IWOTH)) == 0, "C9",
          "under umask 0 others may write the pid file: anybody can put a victim's pid there");
}

constexpr Scenario kModeUnderUmask0{
    "permission/mode-under-umask-0",
    "C9",
    "Started under umask 0, as launchd and init do: no other user may write the file.",
    "Anybody writes a victim's pid into it, and root's stop command kills the victim.",
    ModeUnderUmask0,
    part::kPidFile};

constexpr Scenario kFamily[] = {kOtherUser,      kUnreadableFile, kUnreadableUnderOwner,
                                kReadOnlyFolder, kMissingFolder,  kForeignFile,
                                kModeUnderUmask0};

}  // namespace

std::span<const Scenario> PermissionFamily() { return kFamily; }

}  // namespace pidfall
