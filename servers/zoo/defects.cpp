#include "servers/zoo/defects.h"

#include <algorithm>
#include <bitset>

namespace pidfall::zoo {
namespace {

constexpr DefectNote kNotes[] = {
    {Defect::kReuseport, "reuseport", "Shares its port by SO_REUSEPORT."},
    {Defect::kShadow, "shadow", "Serves on 127.0.0.1 although ::1 has the same port."},
    {Defect::kNoReuseaddr, "no-reuseaddr", "Cannot bind its port while it is in TIME_WAIT."},
    {Defect::kStrangerIsDuplicate, "stranger-is-duplicate",
     "Calls any holder of the port a copy of itself."},
    {Defect::kStrangerUnnamed, "stranger-unnamed", "Does not name the program that has the port."},
    {Defect::kKillsPortClients, "kills-port-clients",
     "Signals every process that uses the port, clients included."},
    {Defect::kServesElsewhere, "serves-elsewhere", "A duplicate serves on the next port."},
    {Defect::kSharesUdpPort, "shares-udp-port", "Shares its UDP port by SO_REUSEADDR."},

    {Defect::kTakesOverStopped, "takes-over-stopped",
     "Kills an owner that does not answer at once."},
    {Defect::kLosesPatience, "loses-patience",
     "The fifth refused start serves in spite of the owner."},
    {Defect::kMakesLockAnew, "makes-lock-anew",
     "Sees no lock file, and replaces the one that another start makes after that."},
    {Defect::kLockPerPort, "lock-per-port", "Takes another port for another instance."},
    {Defect::kTruncatesBeforeLock, "truncates-before-lock",
     "Empties the owner's file before it knows that there is an owner."},
    {Defect::kRewritesOnRefusal, "rewrites-on-refusal",
     "A duplicate replaces the owner's file by a copy."},
    {Defect::kChmodsOwnerFile, "chmods-owner-file", "A duplicate changes the file's mode."},
    {Defect::kRemovesOnRefusal, "removes-on-refusal", "A duplicate removes the owner's file."},
    {Defect::kStealsSocket, "steals-socket",
     "Binds its unix socket anew before it knows that there is an owner."},
    {Defect::kDropsLockOnRequest, "drops-lock-on-request",
     "Loses its lock when it answers its first request."},
    {Defect::kMessageDecidesStatus, "message-decides-status",
     "A duplicate that can't print its message ends with status 1."},
    {Defect::kNamesNobody, "names-nobody", "A duplicate does not name the owner."},
    {Defect::kTrustsFileAge, "trusts-file-age", "Takes an old file for a dead owner's."},
    {Defect::kTrustsFuture, "trusts-future", "Takes a file from the future for a dead owner's."},
    {Defect::kRemovedFileSecondCopy, "removed-file-second-copy",
     "Takes a removed file for a dead owner."},

    {Defect::kExistingFileBlocks, "existing-file-blocks", "Any file keeps it out."},
    {Defect::kEmptyIsRunning, "empty-is-running", "An empty file keeps it out."},
    {Defect::kGarbageIsFatal, "garbage-is-fatal", "A file without a number crashes it."},
    {Defect::kNegativeIsRunning, "negative-is-running", "A negative number keeps it out."},
    {Defect::kOverflowIsRunning, "overflow-is-running", "A number past every pid keeps it out."},
    {Defect::kHugeIsRunning, "huge-is-running", "A file past its buffer keeps it out."},
    {Defect::kNulIsRunning, "nul-is-running", "NUL bytes keep it out."},
    {Defect::kPartialParse, "partial-parse", "Reads 12abc as 12, and gives way to it unseen."},
    {Defect::kBlanksRefused, "blanks-refused", "Blanks and empty lines keep it out."},
    {Defect::kSevenDigit, "seven-digit", "A pid of seven digits keeps it out."},
    {Defect::kShortBuffer, "short-buffer", "Writes and reads the first six digits of a pid."},
    {Defect::kAppendsPid, "appends-pid", "Writes its pid behind the old content."},
    {Defect::kKeepsOldTail, "keeps-old-tail", "Writes over longer content without cutting it."},
    {Defect::kSignalsGroupOnZero, "signals-group-on-zero",
     "A file that says 0 makes it signal its own process group."},

    {Defect::kKillsRecordedPid, "kills-recorded-pid",
     "Sends SIGTERM to any process with the recorded pid."},
    {Defect::kWakesRecordedPid, "wakes-recorded-pid",
     "Sends SIGHUP to any process with the recorded pid."},
    {Defect::kTrustsOwnPid, "trusts-own-pid", "Its own recorded pid keeps it out."},
    {Defect::kTrustsThreadId, "trusts-thread-id",
     "A thread with the recorded number keeps it out."},
    {Defect::kTrustsZombie, "trusts-zombie", "A zombie with the recorded pid keeps it out."},
    {Defect::kTrustsSibling, "trusts-sibling",
     "The same program with the recorded pid keeps it out, also one that serves other files."},
    {Defect::kTrustsBtime, "trusts-btime",
     "Takes the owner for another process once the boot's wall clock time has moved."},
    {Defect::kTrustsStartTicks, "trusts-start-ticks",
     "Takes the owner for another process when seen from another time namespace."},
    {Defect::kTrustsBootId, "trusts-boot-id", "Takes the owner for one of an earlier boot."},

    {Defect::kStartMarkBlocks, "start-mark-blocks",
     "A mark that a killed start leaves keeps the next one out."},
    {Defect::kStopMarkBlocks, "stop-mark-blocks",
     "A mark that a killed stop leaves keeps the next start out."},
    {Defect::kLeaksLockToChild, "leaks-lock-to-child", "A child outlives it and holds the lock."},
    {Defect::kWorkerKeepsPort, "worker-keeps-port", "A worker outlives it and holds the port."},
    {Defect::kSupervisorOrphan, "supervisor-orphan",
     "Releases its lock and file when its supervisor dies, and serves on."},
    {Defect::kAdminNotBack, "admin-not-back",
     "The admin socket that a killed owner left keeps it from having one."},
    {Defect::kDaemonizes, "daemonizes", "Goes to the background, where no supervisor sees it."},

    {Defect::kEpermIsDead, "eperm-is-dead", "Takes an owner of another user for dead."},
    {Defect::kEpermExits0, "eperm-exits-0",
     "Says that it runs, status 0, because another user's copy does."},
    {Defect::kUnreadableIsStale, "unreadable-is-stale",
     "Takes the owner of a file that it can't read for dead."},
    {Defect::kReadonlyRunsOn, "readonly-runs-on", "Runs unguarded where it may not write."},
    {Defect::kMissingFolderRunsOn, "missing-folder-runs-on",
     "Runs unguarded when the folder is missing."},
    {Defect::kForeignFileRunsOn, "foreign-file-runs-on",
     "Runs unguarded when the file is another user's."},
    {Defect::kUmaskMode, "umask-mode", "Lets the umask decide which users may write the file."},
    {Defect::kWorldWritable, "world-writable", "Lets everybody write the file."},

    {Defect::kFollowsSymlink, "follows-symlink", "Writes through a symlink."},
    {Defect::kAcceptsHardlink, "accepts-hardlink", "Writes into a file of another name."},
    {Defect::kOpensFifo, "opens-fifo", "Waits for ever for a reader of the FIFO at its path."},
    {Defect::kDirectoryRunsOn, "directory-runs-on",
     "Runs unguarded when there is a directory at its path."},
    {Defect::kEmptiesVictim, "empties-victim",
     "Opens its empty lock file through a symlink, and empties what that points to."},
    {Defect::kEmptiesAtStop, "empties-at-stop",
     "Serves with a symlink at its record's path, and empties the file behind it when it ends."},

    {Defect::kFullDiskRunsOn, "full-disk-runs-on", "Runs unguarded on a full disk."},
    {Defect::kFullDiskLeavesEmpty, "full-disk-leaves-empty",
     "Leaves an empty file on a full disk."},
    {Defect::kFdExhaustionRunsOn, "fd-exhaustion-runs-on",
     "Runs unguarded when descriptors are out."},
    {Defect::kExitZeroOnFailure, "exit-zero-on-failure", "Ends with status 0 when it has failed."},
    {Defect::kCauseUnsaid, "cause-unsaid", "Does not say why the kernel refused it."},

    {Defect::kOldExitRemoves, "old-exit-removes",
     "Removes the file at its end, also another owner's."},
    {Defect::kForkExitRemoves, "fork-exit-removes", "The end of a forked child removes the file."},
    {Defect::kUnlinksLock, "unlinks-lock",
     "Removes its lock file, so that two starts lock two files."},

    {Defect::kDiesOfSigterm, "dies-of-sigterm",
     "SIGTERM ends it by default, and nothing cleans up: its file stays."},
    {Defect::kIgnoresSigterm, "ignores-sigterm", "Does not end on SIGTERM."},
    {Defect::kIgnoresSigint, "ignores-sigint", "Does not end on SIGINT."},
    {Defect::kLeavesTrapOnStop, "leaves-trap-on-stop",
     "Leaves a mark at its end that keeps the next start out."},
    {Defect::kStartupSignalLost, "startup-signal-lost", "Ignores signals until it serves."},
    {Defect::kSlowStop, "slow-stop", "Takes three seconds to end."},
    {Defect::kSecondSigtermCrashes, "second-sigterm-crashes", "A second signal crashes its end."},
    {Defect::kUnlocksBeforePort, "unlocks-before-port",
     "Releases its lock while it still has the port."},

    {Defect::kWaiterGivesUp, "waiter-gives-up", "Stands by, and ends when the owner does."},
    {Defect::kWaitersShare, "waiters-share", "All that stand by get the lock at once."},
    {Defect::kWaiterIgnoresStop, "waiter-ignores-stop", "No signal ends it while it stands by."},
    {Defect::kWaiterPublishesEarly, "waiter-publishes-early",
     "Puts its own pid into the owner's file while it stands by."},
    {Defect::kAutoNeverWaits, "auto-never-waits",
     "Ends as a duplicate also where a supervisor started it."},
    {Defect::kAutoAlwaysWaits, "auto-always-waits", "Stands by also where a person started it."},
    {Defect::kTakeoverTrustsPid, "takeover-trusts-pid",
     "Taking over, it ends any process with the recorded pid."},
    {Defect::kTakeoverAtOnce, "takeover-at-once",
     "Taking over, it does not wait for the owner's end."},
    {Defect::kRestartDropsLock, "restart-drops-lock",
     "Releases its lock when it executes itself anew."},
    {Defect::kMovesLock, "moves-lock",
     "Locks another file than its older versions, which does not keep those out."},
    {Defect::kLeavesHardLink, "leaves-hard-link",
     "Gives its pid file a second name, and its older versions refuse such a file."},

    {Defect::kOwnNumberIsMine, "own-number-is-mine",
     "Takes an owner with its own number, in another container, for itself."},
    {Defect::kTrustsHostName, "trusts-host-name",
     "Takes an owner under another host name for a dead one."},
    {Defect::kOtherProgramIsDead, "other-program-is-dead",
     "Takes an owner for dead when another program has its pid in this namespace."},
    {Defect::kDeadMainThreadIsDead, "dead-main-thread-is-dead",
     "Takes an owner for dead when its main thread has ended."},

    {Defect::kStatusTakesLock, "status-takes-lock",
     "--status takes the lock, and a start at that moment is refused."},
    {Defect::kStatusRemovesStale, "status-removes-stale",
     "--status removes the file of an owner that has ended."},
    {Defect::kStatusTrustsPid, "status-trusts-pid",
     "--status takes any process with the recorded pid for the owner."},
    {Defect::kStopTrustsPid, "stop-trusts-pid",
     "--stop signals any process with the recorded pid."},
    {Defect::kStopParsesLoosely, "stop-parses-loosely",
     "--stop gives kill(2) the number that the file begins with, a group's as well."},
    {Defect::kStopEndsNobody, "stop-ends-nobody", "--stop succeeds and signals no process."},

    {Defect::kLockPerFolder, "lock-per-folder", "Has a lock for each working folder."},
    {Defect::kLockPerHome, "lock-per-home", "Has a lock for each home."},
    {Defect::kMissingToolIsRunning, "missing-tool-is-running",
     "Takes a tool that is not there for a lock that is held."},
    {Defect::kMissingToolIsDead, "missing-tool-is-dead",
     "Takes a tool that is not there for an owner that is gone."},
    {Defect::kTrustsLocalTime, "trusts-local-time", "Knows the owner by its start in local time."},
    {Defect::kOtherSpellingIsDead, "other-spelling-is-dead",
     "Knows the owner by how its program was spelled."},
    {Defect::kReplacedProgramIsDead, "replaced-program-is-dead",
     "Takes the owner for a stranger when its program was replaced."},
    {Defect::kWordsAreRunning, "words-are-running",
     "Takes any command line with its words for a copy."},
    {Defect::kOwnConnectionIsRunning, "own-connection-is-running",
     "Takes a connection to itself for a copy."},
    {Defect::kOpensAtFreeDescriptor, "opens-at-free-descriptor",
     "Its lock file gets the number of a missing descriptor 0 to 2."},
    {Defect::kFileLimitRunsOn, "file-limit-runs-on",
     "Serves without its guard where it may write no file."},
    {Defect::kDropsLockLater, "drops-lock-later",
     "Releases its lock half a second after its start-up."},
    {Defect::kRenewsLease, "renews-lease",
     "Takes an owner that has not renewed its record for a dead one."},
};

std::bitset<static_cast<size_t>(Defect::kCount)>& Chosen() {
  static std::bitset<static_cast<size_t>(Defect::kCount)> chosen;
  return chosen;
}

}  // namespace

std::span<const DefectNote> DefectNotes() { return kNotes; }

std::optional<Defect> FindDefect(std::string_view name) {
  const auto* note = std::ranges::find(kNotes, name, &DefectNote::name);
  if (note == std::end(kNotes)) return std::nullopt;
  return note->defect;
}

void Choose(Defect defect) { Chosen().set(static_cast<size_t>(defect)); }

bool Has(Defect defect) { return Chosen().test(static_cast<size_t>(defect)); }

}  // namespace pidfall::zoo
