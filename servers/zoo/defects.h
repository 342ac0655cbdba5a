// The faults that the zoo's server can be given, one switch each.
//
//   Choose(Defect::kReuseport);
//   if (Has(Defect::kReuseport)) ...  // the only place where it has an effect
//
// scenarios/zoo.toml says which scenario catches each one.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace pidfall::zoo {

enum class Defect {
  // the port
  kReuseport,
  kShadow,
  kNoReuseaddr,
  kStrangerIsDuplicate,
  kStrangerUnnamed,
  kKillsPortClients,
  kServesElsewhere,
  kSharesUdpPort,
  kListenUnchecked,
  // a live owner
  kTakesOverStopped,
  kLosesPatience,
  kMakesLockAnew,
  kLockPerPort,
  kTruncatesBeforeLock,
  kRewritesOnRefusal,
  kChmodsOwnerFile,
  kRemovesOnRefusal,
  kStealsSocket,
  kDropsLockOnRequest,
  kMessageDecidesStatus,
  kNamesNobody,
  kTrustsFileAge,
  kTrustsFuture,
  kRemovedFileSecondCopy,
  // what is in a file without an owner
  kExistingFileBlocks,
  kEmptyIsRunning,
  kGarbageIsFatal,
  kNegativeIsRunning,
  kOverflowIsRunning,
  kHugeIsRunning,
  kNulIsRunning,
  kPartialParse,
  kBlanksRefused,
  kSevenDigit,
  kShortBuffer,
  kAppendsPid,
  kKeepsOldTail,
  kSignalsGroupOnZero,
  kKillsNegative,
  // pids of other processes
  kKillsRecordedPid,
  kWakesRecordedPid,
  kTrustsOwnPid,
  kTrustsThreadId,
  kTrustsZombie,
  kTrustsSibling,
  kTrustsItsWords,
  kTrustsBtime,
  kTrustsStartTicks,
  kTrustsBootId,
  // crashes and children
  kStartMarkBlocks,
  kStopMarkBlocks,
  kLeaksLockToChild,
  kWorkerKeepsPort,
  kHelperKeepsPort,
  kSupervisorOrphan,
  kAdminNotBack,
  kDaemonizes,
  // other users
  kEpermIsDead,
  kEpermExits0,
  kUnreadableIsStale,
  kReadonlyRunsOn,
  kMissingFolderRunsOn,
  kForeignFileRunsOn,
  kUmaskMode,
  kWorldWritable,
  // hostile paths
  kFollowsSymlink,
  kAcceptsHardlink,
  kOpensFifo,
  kDirectoryRunsOn,
  kEmptiesVictim,
  kEmptiesAtStop,
  // the disk
  kFullDiskRunsOn,
  kFullDiskLeavesEmpty,
  kFdExhaustionRunsOn,
  kExitZeroOnFailure,
  kCauseUnsaid,
  // cleaning up
  kOldExitRemoves,
  kForkExitRemoves,
  kUnlinksLock,
  // stopping
  kDiesOfSigterm,
  kIgnoresSigterm,
  kIgnoresSigint,
  kLeavesTrapOnStop,
  kStartupSignalLost,
  kSlowStop,
  kSecondSigtermCrashes,
  kUnlocksBeforePort,
  // standing by, taking over, starting again
  kWaiterGivesUp,
  kWaitersShare,
  kWaiterIgnoresStop,
  kWaiterPublishesEarly,
  kAutoNeverWaits,
  kAutoAlwaysWaits,
  kTakeoverTrustsPid,
  kTakeoverAtOnce,
  kRestartDropsLock,
  kMovesLock,
  kLeavesHardLink,
  // other namespaces
  kOwnNumberIsMine,
  kTrustsHostName,
  kOtherProgramIsDead,
  kDeadMainThreadIsDead,
  // asking
  kStatusTakesLock,
  kStatusRemovesStale,
  kStatusTrustsPid,
  kStopTrustsPid,
  kStopParsesLoosely,
  kStopEndsNobody,
  // the surroundings of a start, and time
  kLockPerFolder,
  kLockPerHome,
  kLockPerUser,
  kLockPerRuntimeFolder,
  kLockPerEntrance,
  kOtherEntranceBlocks,
  kMissingToolIsRunning,
  kMissingToolIsDead,
  kTrustsLocalTime,
  kOtherSpellingIsDead,
  kReplacedProgramIsDead,
  kWordsAreRunning,
  kOwnConnectionIsRunning,
  kOpensAtFreeDescriptor,
  kFileLimitRunsOn,
  kDropsLockLater,
  kRenewsLease,
  kCount,
};

struct DefectNote {
  Defect defect;
  std::string_view name;
  std::string_view wrong;  // one sentence that says what it does wrong
};

std::span<const DefectNote> DefectNotes();
std::optional<Defect> FindDefect(std::string_view name);

void Choose(Defect defect);
bool Has(Defect defect);

}  // namespace pidfall::zoo
