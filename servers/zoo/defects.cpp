#include "servers/zoo/defects.h"

#include <algorithm>
#include <bitset>

namespace pidfall::zoo {
namespace {

constexpr DefectNote kNotes[] = {
    {Defect::kReuseport, "reuseport", "Shares its port by SO_REUSEPORT.",
     "port/shared-by-reuseport"},
    {Defect::kShadow, "shadow", "Serves on 127.0.0.1 although ::1 has the same port.",
     "port/loopback-shadow"},
    {Defect::kNoReuseaddr, "no-reuseaddr", "TIME_WAIT keeps it from its port.",
     "time-wait/after-an-answer"},
    {Defect::kStrangerIsDuplicate, "stranger-is-duplicate",
     "Calls any holder of the port a copy of itself.", "port/held-by-stranger"},
    {Defect::kStrangerUnnamed, "stranger-unnamed", "Does not say who holds the port.",
     "port/held-by-stranger"},
    {Defect::kKillsPortClients, "kills-port-clients",
     "Signals every process that has to do with the port, clients included.",
     "port/conflicts-hint"},
    {Defect::kServesElsewhere, "serves-elsewhere", "A duplicate serves on the next port.",
     "duplicate/second-start"},

    {Defect::kTakesOverStopped, "takes-over-stopped",
     "Kills an owner that does not answer at once.", "duplicate/owner-stopped"},
    {Defect::kLosesPatience, "loses-patience", "The fifth refused start breaks in.",
     "duplicate/ten-in-a-row"},
    {Defect::kLockPerPort, "lock-per-port", "Takes another port for another instance.",
     "duplicate/other-port"},
    {Defect::kTruncatesBeforeLock, "truncates-before-lock",
     "Empties the owner's file before it knows that there is an owner.",
     "duplicate/owners-file-untouched"},
    {Defect::kRewritesOnRefusal, "rewrites-on-refusal",
     "A duplicate replaces the owner's file by a copy.", "duplicate/owners-file-untouched"},
    {Defect::kChmodsOwnerFile, "chmods-owner-file", "A duplicate changes the file's mode.",
     "duplicate/owners-file-untouched"},
    {Defect::kRemovesOnRefusal, "removes-on-refusal", "A duplicate removes the owner's file.",
     "ownership/contender-exit"},
    {Defect::kMessageDecidesStatus, "message-decides-status",
     "A duplicate that can't print its message ends with status 1.", "duplicate/output-closed"},
    {Defect::kNamesNobody, "names-nobody", "A duplicate does not say who runs.",
     "duplicate/second-start"},
    {Defect::kTrustsFileAge, "trusts-file-age", "Takes an old file for a dead owner's.",
     "stale/hour-old-under-owner"},
    {Defect::kTrustsFuture, "trusts-future", "Takes a file from the future for a dead owner's.",
     "stale/from-the-future-under-owner"},
    {Defect::kRemovedFileSecondCopy, "removed-file-second-copy",
     "Takes a removed file for a dead owner.", "ownership/file-removed"},

    {Defect::kExistingFileBlocks, "existing-file-blocks", "Any file keeps it out.",
     "stale/dead-pid"},
    {Defect::kEmptyIsRunning, "empty-is-running", "An empty file keeps it out.", "stale/empty"},
    {Defect::kGarbageIsFatal, "garbage-is-fatal", "A file without a number crashes it.",
     "stale/garbage"},
    {Defect::kNegativeIsRunning, "negative-is-running", "A negative number keeps it out.",
     "stale/negative"},
    {Defect::kOverflowIsRunning, "overflow-is-running", "A number past every pid keeps it out.",
     "stale/twenty-digits"},
    {Defect::kHugeIsRunning, "huge-is-running", "A file past its buffer keeps it out.",
     "stale/one-mebibyte"},
    {Defect::kNulIsRunning, "nul-is-running", "NUL bytes keep it out.", "stale/nul-bytes"},
    {Defect::kPartialParse, "partial-parse", "Reads 12abc as 12, and gives way to it unseen.",
     "stale/number-and-letters"},
    {Defect::kBlanksRefused, "blanks-refused", "Blanks and empty lines keep it out.",
     "stale/blanks"},
    {Defect::kSevenDigit, "seven-digit", "A pid of seven digits keeps it out.",
     "stale/seven-digits"},
    {Defect::kShortBuffer, "short-buffer", "Writes and reads the first six digits of a pid.",
     "stale/seven-digits"},
    {Defect::kAppendsPid, "appends-pid", "Writes its pid behind the old content.",
     "stale/dead-pid"},
    {Defect::kKeepsOldTail, "keeps-old-tail", "Writes over longer content without cutting it.",
     "stale/longer-content"},
    {Defect::kSignalsGroupOnZero, "signals-group-on-zero",
     "A file that says 0 makes it signal its own process group.", "stale/zero"},

    {Defect::kKillsRecordedPid, "kills-recorded-pid",
     "Sends SIGTERM to whoever has the recorded pid.", "pid-reuse/stranger"},
    {Defect::kWakesRecordedPid, "wakes-recorded-pid",
     "Sends SIGHUP to whoever has the recorded pid.", "pid-reuse/stranger"},
    {Defect::kTrustsOwnPid, "trusts-own-pid", "Its own recorded pid keeps it out.",
     "pid-reuse/own-pid"},
    {Defect::kTrustsThreadId, "trusts-thread-id", "A thread with the recorded number keeps it out.",
     "pid-reuse/thread-id"},
    {Defect::kTrustsZombie, "trusts-zombie", "A zombie with the recorded pid keeps it out.",
     "kill9/zombie"},
    {Defect::kTrustsSibling, "trusts-sibling",
     "The same program with the recorded pid keeps it out, whatever it serves.",
     "pid-reuse/sibling"},
    {Defect::kTrustsBtime, "trusts-btime",
     "Takes the owner for another process once the boot's wall clock time has moved.",
     "pid-reuse/btime-changed"},
    {Defect::kTrustsStartTicks, "trusts-start-ticks",
     "Takes the owner for another process when seen from another time namespace.",
     "pid-reuse/boot-offset-changed"},
    {Defect::kTrustsBootId, "trusts-boot-id", "Takes the owner for one of an earlier boot.",
     "pid-reuse/boot-id-changed"},

    {Defect::kStartMarkBlocks, "start-mark-blocks",
     "A mark that a killed start leaves keeps the next one out.", "kill9/during-start-up"},
    {Defect::kStopMarkBlocks, "stop-mark-blocks",
     "A mark that a killed stop leaves keeps the next start out.", "kill9/during-shutdown"},
    {Defect::kLeaksLockToChild, "leaks-lock-to-child", "A child outlives it and holds the lock.",
     "kill9/child-outlives"},
    {Defect::kWorkerKeepsPort, "worker-keeps-port", "A worker outlives it and holds the port.",
     "kill9/worker-on-port"},
    {Defect::kSupervisorOrphan, "supervisor-orphan",
     "Gives its lock and file up when its supervisor dies, and serves on.",
     "kill9/supervisor-killed"},
    {Defect::kDaemonizes, "daemonizes", "Goes to the background, where no supervisor sees it.",
     "restart-loop/keep-alive-agent-first"},

    {Defect::kEpermIsDead, "eperm-is-dead", "Takes an owner of another user for dead.",
     "permission/other-user"},
    {Defect::kEpermExits0, "eperm-exits-0",
     "Says that it runs, status 0, because another user's copy does.", "permission/other-user"},
    {Defect::kUnreadableIsStale, "unreadable-is-stale",
     "Takes the owner of a file that it can't read for dead.",
     "permission/unreadable-file-under-owner"},
    {Defect::kReadonlyRunsOn, "readonly-runs-on", "Runs unguarded where it may not write.",
     "permission/read-only-folder"},
    {Defect::kMissingFolderRunsOn, "missing-folder-runs-on",
     "Runs unguarded when the folder is missing.", "permission/missing-folder"},
    {Defect::kForeignFileRunsOn, "foreign-file-runs-on",
     "Runs unguarded when the file is another user's.", "permission/foreign-file"},
    {Defect::kUmaskMode, "umask-mode", "Lets the umask decide who may write the file.",
     "permission/mode-under-umask-0"},
    {Defect::kWorldWritable, "world-writable", "Lets everybody write the file.",
     "permission/mode-under-umask-0"},

    {Defect::kFollowsSymlink, "follows-symlink", "Writes through a symlink.", "path/symlink"},
    {Defect::kAcceptsHardlink, "accepts-hardlink", "Writes into a file of another name.",
     "path/hard-link"},
    {Defect::kOpensFifo, "opens-fifo", "Waits for ever for a reader of the FIFO at its path.",
     "path/fifo"},
    {Defect::kDirectoryRunsOn, "directory-runs-on",
     "Runs unguarded when there is a directory at its path.", "path/directory"},

    {Defect::kFullDiskRunsOn, "full-disk-runs-on", "Runs unguarded on a full disk.", "disk/full"},
    {Defect::kFullDiskLeavesEmpty, "full-disk-leaves-empty", "Leaves an empty file on a full disk.",
     "disk/full"},
    {Defect::kFdExhaustionRunsOn, "fd-exhaustion-runs-on",
     "Runs unguarded when descriptors are out.", "disk/no-descriptors"},
    {Defect::kExitZeroOnFailure, "exit-zero-on-failure", "Ends with status 0 when it has failed.",
     "port/held-by-stranger"},

    {Defect::kOldExitRemoves, "old-exit-removes", "Removes the file at its end, whosever it is.",
     "ownership/old-exit"},
    {Defect::kForkExitRemoves, "fork-exit-removes", "The end of a forked child removes the file.",
     "ownership/forked-child-exit"},
    {Defect::kUnlinksLock, "unlinks-lock",
     "Removes its lock file, so that two starts lock two files.", "duplicate/across-shutdown"},

    {Defect::kIgnoresSigterm, "ignores-sigterm", "Does not end on SIGTERM.", "stop/sigterm"},
    {Defect::kIgnoresSigint, "ignores-sigint", "Does not end on SIGINT.", "stop/sigint"},
    {Defect::kLeavesTrapOnStop, "leaves-trap-on-stop",
     "Leaves a mark at its end that keeps the next start out.", "stop/sigterm"},
    {Defect::kStartupSignalLost, "startup-signal-lost", "Ignores signals until it serves.",
     "stop/as-it-begins-to-serve"},
    {Defect::kSlowStop, "slow-stop", "Takes three seconds to end.", "stop/sigterm"},
    {Defect::kSecondSigtermCrashes, "second-sigterm-crashes", "A second signal crashes its end.",
     "stop/twice"},
    {Defect::kUnlocksBeforePort, "unlocks-before-port",
     "Gives its lock up while it still has the port.", "duplicate/during-shutdown"},

    {Defect::kStatusTakesLock, "status-takes-lock",
     "--status takes the lock, and a start at that moment is refused.", "standby/status"},
    {Defect::kStopTrustsPid, "stop-trusts-pid", "--stop signals whoever has the recorded pid.",
     "stop/recycled-pid"},
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
