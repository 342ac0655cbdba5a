// From one version to the next and back: an older version beside the target's own (--older), and
// the restart of one version in place.
#include <algorithm>
#include <set>
#include <string>

#include "harness/faults/recycle.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/hand_over.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr char kTwoVersions[] = "Two versions use the same data at once.";

// For the next start.
StartOptions Older(Stage& stage) {
  stage.Did("take the older version's command");
  return {.command = stage.target().older_command};
}

Instance& StartOlder(Stage& stage) {
  try {
    return stage.StartOwner(Older(stage));
  } catch (const Broken& broken) {
    throw Broken(std::string("of the older version: ") + broken.what());
  }
}

// An older version may keep another file, or none.
bool NamesOwner(Stage& stage, const Instance& owner) {
  return stage.target().pid_file && AwaitFile(stage, [&] { return PidFileNames(stage, owner); });
}

// An undeclared status was learnt from two copies of one version: it is no rule for two versions.
void ExpectOwnerKept(Stage& stage, Instance& contender, const Instance& owner) {
  if (stage.target().duplicate_is_declared) return ExpectQuiet(stage, contender, owner);
  Settle(stage, contender);
  ExpectOneOwner(stage, owner);
}

void OlderRuns(Stage& stage) {
  Instance& owner = StartOlder(stage);
  const bool names_owner = NamesOwner(stage, owner);
  ExpectOwnerKept(stage, stage.Start(Elsewhere(stage)), owner);
  if (names_owner) ExpectFileNames(stage, owner, "C6");
}

constexpr Scenario kOlderRuns{
    "upgrade/older-runs",
    "C17 C1",
    "An older version runs when the new one is first started: refused, or standing by.",
    kTwoVersions,
    OlderRuns,
    part::kOlderVersion};

void OlderKilled(Stage& stage) {
  stage.KillTree(StartOlder(stage));
  ExpectServes(stage, stage.Start(), "C3", "the older version was killed");
}

constexpr Scenario kOlderKilled{
    "upgrade/older-killed",
    "C3",
    "An older version was killed and left its file: the new one serves.",
    "The first start after the upgrade fails until somebody removes the file.",
    OlderKilled,
    part::kOlderVersion};

void OlderRecycled(Stage& stage) {
  const Bystander& stranger = GiveToStranger(stage, LeaveFileBehind(stage, Older(stage)));
  ExpectServes(stage, stage.Start(), "C4", "the older version's number is a stranger's now");
  ExpectUntouched(stranger);
}

constexpr Scenario kOlderRecycled{
    "upgrade/older-recycled",
    "C4 C5",
    "An older version left its file, and its number is a stranger's now: the new one serves, and "
    "the stranger gets no signal.",
    "The first start after the upgrade and a reboot is refused.",
    OlderRecycled,
    part::kOlderVersion | part::kPidFile};

void OlderEnds(Stage& stage) {
  Instance& owner = StartOlder(stage);
  Instance& waiter = StandBy(stage);
  stage.Signal(owner, SIGTERM);
  ExpectHandOver(stage, owner, waiter);
}

constexpr Scenario kOlderEnds{
    "upgrade/older-ends",
    "C17 C1",
    "The new version stands by while an older one runs, which then ends: it serves within 5 s, "
    "never both.",
    kTwoVersions,
    OlderEnds,
    part::kOlderVersion | part::kPort};

// Its duplicate status may differ: it must only not serve.
void OlderComesBack(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const bool names_owner = NamesOwner(stage, owner);
  StartOptions older = Older(stage);
  older.port = Elsewhere(stage).port;
  Settle(stage, stage.Start(older));
  ExpectOneOwner(stage, owner);
  if (names_owner) ExpectFileNames(stage, owner, "C6");
}

constexpr Scenario kOlderComesBack{
    "upgrade/older-comes-back",
    "C1 C6",
    "The new version serves, and an older one is started by an old script: the older one does not "
    "serve, and the file stays the owner's.",
    kTwoVersions,
    OlderComesBack,
    part::kOlderVersion};

void RolledBack(Stage& stage) {
  stage.KillTree(stage.StartOwner());
  ExpectServes(stage, stage.Start(Older(stage)), "C3",
               "the new version was killed, and this is the older one");
}

constexpr Scenario kRolledBack{
    "upgrade/rolled-back",
    "C3",
    "The new version was killed, and the older one is started again: it serves.",
    "A roll-back fails until somebody removes the new version's files.",
    RolledBack,
    part::kOlderVersion};

// --- in place

std::set<uint64_t> Listening(const Stage& stage, const Instance& instance) {
  return Serves(stage, instance) ? SocketsOf(stage, instance) : std::set<uint64_t>();
}

void ExpectServesAgain(Stage& stage, const Instance& owner, const std::set<uint64_t>& before) {
  const auto again = [&] {
    const auto now = Listening(stage, owner);
    return owner.Processes().empty() || (!now.empty() && now != before);
  };
  stage.WaitUntil(again, kHandOverBound);
  Require(Serves(stage, owner), "C17",
          owner.name() + " executed itself anew and does not serve: it " +
              (owner.ending() ? "ended with " + owner.ending()->Describe() : "runs") +
              ", and printed last \"" + owner.LastLine() + "\"");
}

// A copy that stands by gets the lock the moment that it is free.
Instance* TryStandBy(Stage& stage) {
  try {
    return &StandBy(stage);
  } catch (const NotApplicable&) {
    return nullptr;
  }
}

void RestartInPlace(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const Instance* waiter = TryStandBy(stage);
  const auto before = Listening(stage, owner);
  stage.Signal(owner, stage.target().restart_signal);
  ExpectServesAgain(stage, owner, before);
  Require(waiter == nullptr || !Serves(stage, *waiter), "C1",
          "a standby served while the owner executed itself anew");
  ExpectQuiet(stage, stage.Start(), owner);
  ExpectFileNames(stage, owner, "C6");
}

constexpr Scenario kRestartInPlace{
    "upgrade/restart-in-place",
    "C17 C1",
    "The owner executes itself anew with the same pid: it serves again, and no other gets in "
    "between.",
    "It takes its own number or its own lock for another's and ends, or another gets in.",
    RestartInPlace,
    part::kRestartSignal | part::kPort};

constexpr Scenario kFamily[] = {kOlderRuns,      kOlderKilled, kOlderRecycled, kOlderEnds,
                                kOlderComesBack, kRolledBack,  kRestartInPlace};

}  // namespace

std::span<const Scenario> UpgradeFamily() { return kFamily; }

}  // namespace pidfall
