// A start while a live owner serves.

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "harness/faults/guard_locks.h"
#include "harness/faults/hold.h"
#include "harness/faults/lock_step.h"
#include "harness/faults/pid_file.h"
#include "harness/faults/useless_locks.h"
#include "harness/kernel/process.h"
#include "harness/observe/message.h"
#include "harness/stage/answers.h"
#include "harness/stage/departure.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/said.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"
#include "scenarios/together.h"

namespace pidfall {
namespace {

void NamesTheOwner(Stage& stage, const Instance& contender, const Instance& owner) {
  if (!contender.ending()) return;  // it stands by
  const auto names = [&](pid_t pid) { return NamesPid(SaidBy(stage, contender), pid); };
  const bool named = std::ranges::any_of(owner.Processes(), names);  // pid() may be a launcher's
  Prefer(stage, named, "C2",
         "the duplicate does not name the owner's pid " + std::to_string(owner.pid()) +
             ": it printed " + contender.Printed());
}

// /proc shows it as a zombie, and waiting for it ends at once: a check of the pid is misled.
bool HasDeadMainThread(const Instance& owner) {
  return std::ranges::any_of(owner.Processes(),
                             [](pid_t pid) { return StateOfThread(pid) == 'Z'; });
}

Breach DueToItsMainThread(const Stage& stage, const Instance& owner, const Breach& breach) {
  const bool is_checked = stage.target().pid_file && stage.target().file_has_pid;
  if (!is_checked || !HasDeadMainThread(owner)) return breach;
  return breach.DueTo("the main thread of " + owner.name() +
                      " has ended, so its pid looks dead, and its other threads go on");
}

void ExpectQuietOrCause(Stage& stage, Instance& contender, const Instance& owner) {
  try {
    ExpectQuiet(stage, contender, owner);
  } catch (const Breach& breach) {
    const bool two_serve = IsOfKind(breach.kinds, breach_kind::kTwoServe);
    const Breach due = DueToItsLock(stage, owner, breach);
    throw two_serve ? DueToItsMainThread(stage, owner, due) : due;
  }
}

void SecondStart(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance& contender = stage.Start();
  ExpectQuietOrCause(stage, contender, owner);
  NamesTheOwner(stage, contender, owner);
}

constexpr Scenario kSecondStart{
    "duplicate/second-start", "C1 C2",
    "A second start while the owner serves ends quietly or stands by, and names the owner.",
    "Two copies serve, or the supervisor takes a duplicate for a crash.", SecondStart};

// Asked after each start: the next one may fail for want of the file.
void ExpectFileKept(Stage& stage, const Instance& contender, const Instance& owner) {
  try {
    ExpectFileNames(stage, owner, "C6");
  } catch (const Breach& breach) {
    const std::string did = PidFile(stage).exists ? " changed" : " removed";
    const Breach due =
        breach.DueTo("the duplicate " + contender.name() + did + " the owner's pid file");
    const std::string useless = UselessLockOf(stage, owner);
    if (useless.empty()) throw DueToItsMainThread(stage, owner, due);
    throw due.DueTo(useless, breach_kind::kLostLock);
  }
}

void TenInARow(Stage& stage) {
  Instance& owner = stage.StartOwner();
  ExpectFileNames(stage, owner, "C6");
  for (int i = 0; i < 10; ++i) {
    Instance& contender = stage.Start();
    ExpectQuietOrCause(stage, contender, owner);
    ExpectFileKept(stage, contender, owner);
  }
}

constexpr Scenario kTenInARow{
    "duplicate/ten-in-a-row", "C1 C2",
    "Ten starts one after the other: each is refused, and the file still names the owner.",
    "A supervisor that retries gets through in the end.", TenInARow};

// One whose listen() failed may only seem to stand by. One that tries again serves or gives up.
void ExpectTakeOver(Stage& stage, const std::vector<Instance*>& together) {
  if (!stage.target().listens()) return;
  const auto serves = [&](const Instance* one) { return Serves(stage, *one); };
  const auto is_there = [](const Instance* one) { return !one->Processes().empty(); };
  const auto owner = std::ranges::find_if(together, serves);
  if (owner == together.end() || std::ranges::count_if(together, is_there) == 1) return;
  stage.KillTree(**owner);
  const auto decided = [&] {
    return std::ranges::any_of(together, serves) || std::ranges::none_of(together, is_there);
  };
  Require(stage.WaitUntil(decided, BoundOfStart(stage, Stage::kSettleBound)), "C17",
          "of starts that lost the race, one neither ended nor served after the owner's end: " +
              (*std::ranges::find_if(together, is_there))->name());
}

constexpr size_t kContenders = 8;

// An interpreter takes seconds where a compiled server takes one: then one round is run in lock
// step and one at once. The bundled servers get all rounds, also on a loaded machine.
constexpr int kRounds = 10;
constexpr int kFewestRounds = 2;
constexpr Duration kTimeForMore = std::chrono::seconds(3);
constexpr Duration kTimeForAll = std::chrono::seconds(20);

constexpr char kPassed[] =
    "several of eight starts passed the check before one of them had taken its place";
constexpr char kInStep[] = "eight starts in lock step";

// When all are released together, chance decides the order; every second round fixes the order.
void RaceFor(Stage& stage, int round, const std::vector<StartOptions>& starts) {
  constexpr int kLockStepEvery = 2;
  if (round % kLockStepEvery == 0) {
    const auto together = StartInLockStep(stage, starts, 1 + round / kLockStepEvery);
    ExpectOneOfAs(stage, together, {kPassed, breach_kind::kPassedCheck, kInStep});
    if (round == 0) ExpectTakeOver(stage, together);
  } else {
    ExpectOneOfAs(stage, StartTogether(stage, starts), {"eight starts at the same instant"});
  }
  stage.EndAll();
  if (stage.target().pid_file) RemovePidFile(stage);
}

void RaceInRounds(Stage& stage, const std::function<StartOptions()>& contender) {
  const auto began = std::chrono::steady_clock::now();
  const Duration time = stage.target().as_deployed ? kTimeForMore : kTimeForAll;
  const auto time_for_more = [&] { return std::chrono::steady_clock::now() - began < time; };
  int round = 0;
  for (; round < kFewestRounds || (round < kRounds && time_for_more()); ++round) {
    std::vector<StartOptions> starts;
    while (starts.size() < kContenders) starts.push_back(contender());
    RaceFor(stage, round, starts);
  }
  stage.Saw("one owner in each of " + std::to_string(round) + " rounds");
}

void EightAtOnce(Stage& stage) {
  RaceInRounds(stage, [] { return StartOptions{}; });
}

constexpr Scenario kEightAtOnce{
    "duplicate/eight-at-once",
    "C1 C2",
    "Eight starts at the same instant, 10 times (a slow target twice): one serves, seven are "
    "quiet.",
    "Two cold starts both run: cron, an agent and a person at once.",
    EightAtOnce,
    part::kNone,
    need::kSeconds};

void EightOnOtherPorts(Stage& stage) {
  RaceInRounds(stage, [&] { return Elsewhere(stage); });
}

constexpr Scenario kEightOnOtherPorts{
    "duplicate/eight-on-other-ports",
    "C1 C2",
    "The same with a port for each and one pid file: one serves, seven are quiet.",
    "Where the port does not keep the second copy out, the check before the write lets a second "
    "copy start, and both use the same data.",
    EightOnOtherPorts,
    part::kPidFile | part::kPort | part::kOtherPort,
    need::kSeconds};

// The moment at which the first one was held, and the outcome of the second one.
Reason ReasonOf(const Instance& first, const Instance& second, bool second_serves) {
  const std::string& when = first.held_when();
  const std::string before = "before it ";
  const std::string came = second.name() + " came while " + first.name() + " started, " + when;
  if (second_serves && when.starts_with(before)) {
    return {"two starts both passed the check before either " + when.substr(before.size()),
            breach_kind::kPassedCheck, came};
  }
  return {.text = came};
}

void DuringStartUp(Stage& stage) {
  const auto beside_another = [&](int nth) {
    Instance& first = StartUntil(stage, nth, Moments::kChecks);
    if (!first.IsHeld()) return false;
    Instance& second = stage.Start(Elsewhere(stage));
    const bool serves = Settle(stage, second) == Outcome::kServes;
    Release(stage, first);
    ExpectOneOfAs(stage, {&first, &second}, ReasonOf(first, second, serves));
    stage.EndAll();
    return true;
  };
  AtEachMoment(stage, beside_another);
  stage.EndAll();
  beside_another(1);  // at first there was nothing that a killed owner had left, to be removed
}

constexpr Scenario kDuringStartUp{
    "duplicate/during-start-up", "C1 C2",
    "The first start is held at each moment of its start-up, a second one comes, the first goes "
    "on: one serves, the other is quiet.",
    "An agent and a person start it within a second of each other.", DuringStartUp};

// The owner is gone: the contender that came while it ended serves now, or the next start does.
void ExpectSuccessor(Stage& stage, Instance& contender) {
  const auto is_there = [&] { return !contender.Processes().empty(); };
  const auto decided = [&] { return Serves(stage, contender) || !is_there(); };
  Require(stage.WaitUntil(decided, Stage::kSettleBound), "C17",
          contender.name() + " stood by and did not take over");
  Instance& successor = is_there() ? contender : stage.Start();
  ExpectServes(stage, successor, "C3", "the owner has ended");
  ExpectFileNames(stage, successor, "C6");
}

void DuringShutdown(Stage& stage) {
  AtEachMoment(stage, [&](int nth) {
    Instance& owner = stage.StartOwner();
    const Recipient recipient = RecipientOf(owner);
    StopUntil(stage, owner, nth);
    if (!owner.IsHeld()) return false;
    Instance& contender = stage.Start(Elsewhere(stage));
    const bool serves = Settle(stage, contender) == Outcome::kServes;
    // Without a port it cannot be seen from outside when it stops serving.
    const bool both = serves && stage.target().listens() && Serves(stage, owner);
    const std::string place = stage.target().unix_socket ? "socket" : "port";
    Require(!both, "C1", contender.name() + " serves while the owner still has its " + place,
            breach_kind::kTwoServe);
    Release(stage, owner);
    Require(Ends(stage, owner, recipient), "C12", "the owner did not end within 2 s after SIGTERM");
    ExpectSuccessor(stage, contender);
    stage.EndAll();
    return true;
  });
}

constexpr Scenario kDuringShutdown{
    "duplicate/during-shutdown", "C1 C3 C6",
    "The owner is held at each moment of its shutdown, a second start comes, the owner goes on: "
    "at most one serves at a time, and afterwards one does.",
    "A restart overlaps, and either two copies serve or none.", DuringShutdown};

void AcrossShutdown(Stage& stage) {
  AtEachMoment(stage, [&](int nth) {
    Instance& owner = stage.StartOwner();
    Instance& slow = StartUntil(stage, nth, Moments::kTouches);
    if (!slow.IsHeld()) return false;
    stage.Stop(owner);
    Release(stage, slow);
    Settle(stage, slow);
    ExpectOneOf(stage, {&slow, &stage.Start(Elsewhere(stage))});
    stage.EndAll();
    return true;
  });
}

constexpr Scenario kAcrossShutdown{
    "duplicate/across-shutdown",
    "C1 C2",
    "A start is held at each moment of its check, the owner ends, the start goes on, and another "
    "comes: one serves.",
    "The start holds the lock of a file that the owner removed, and the next one does not see it.",
    AcrossShutdown,
    part::kPidFile};

bool IsStopped(const Instance& instance) { return StateOfThread(instance.pid()) == 'T'; }

void OwnerStopped(Stage& stage) {
  Instance& owner = stage.StartOwner();
  stage.Signal(owner, SIGSTOP);
  stage.WaitUntil([&] { return IsStopped(owner); }, Stage::kSettleBound);
  Instance& contender = stage.Start(Elsewhere(stage));
  Settle(stage, contender);
  Require(!Serves(stage, contender), "C14", "the contender took over from a stopped owner",
          breach_kind::kTwoServe);
  ExpectFileNames(stage, owner, "C14");
  stage.Signal(owner, SIGCONT);
  // Asks for an answer first: then a kill that was sent has arrived.
  Require(Visit(stage) && Serves(stage, owner), "C14",
          "the owner no longer serves after it was stopped and woken");
  ExpectOneOwner(stage, owner);
}

constexpr Scenario kOwnerStopped{
    "duplicate/owner-stopped", "C14",
    "The owner is stopped by SIGSTOP: nobody takes over, and waking it makes no second owner.",
    "A debugger or a laptop's sleep makes two owners.", OwnerStopped};

void DeadMainThread(Stage& stage) {
  Instance& owner = stage.StartOwner({.arguments = stage.target().dead_main_arguments});
  ExpectQuietOrCause(stage, stage.Start(Elsewhere(stage)), owner);
  ExpectFileNames(stage, owner, "C14");
}

constexpr Scenario kDeadMainThread{
    "duplicate/dead-main-thread",
    "C14 C1",
    "The owner's main thread has ended and others serve: a second start is refused.",
    "Its first thread shows as a zombie, so a second copy starts beside it.",
    DeadMainThread,
    part::kDeadMain};

void OtherPort(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Visit(stage);  // a POSIX lock is lost with any descriptor of its file that a request closes
  ExpectQuietOrCause(stage, stage.Start(Elsewhere(stage)), owner);
}

constexpr Scenario kOtherPort{"duplicate/other-port",
                              "C1",
                              "The same pid file on another port is the same instance: refused.",
                              "A changed port starts a second copy on the same data.",
                              OtherPort,
                              part::kPidFile | part::kPort | part::kOtherPort};

void OwnersFileUntouched(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const auto before = FilesOf(stage, owner);
  if (before.empty()) throw NotApplicable("the owner keeps no pid file and no unix socket");
  ExpectQuiet(stage, stage.Start(), owner);
  for (const auto& [path, state] : before) ExpectUnchanged(stage, path, state, "C2", "a duplicate");
}

constexpr Scenario kOwnersFileUntouched{
    "duplicate/owners-file-untouched", "C2",
    "After a duplicate the owner's pid file and unix sockets have their content, inode, mode and "
    "time.",
    "The file names a process that does not serve, and clients of the socket find nobody.",
    OwnersFileUntouched};

// A duplicate keeps its status, also where its message is lost.
void ExpectSameStatus(Stage& stage, const std::vector<StartOptions>& all) {
  Instance& owner = stage.StartOwner();
  // Where no status is declared, an ordinary duplicate's counts.
  if (!stage.target().duplicate_exit) ExpectQuiet(stage, stage.Start(), owner);
  for (const StartOptions& options : all) ExpectQuiet(stage, stage.Start(options), owner);
}

void OutputClosed(Stage& stage) { ExpectSameStatus(stage, {{.output = Output::kClosed}}); }

constexpr Scenario kOutputClosed{
    "duplicate/output-closed", "C2",
    "A duplicate with descriptors 0 to 2 closed ends with the same status.",
    "A supervisor without a log takes a duplicate for a crash.", OutputClosed};

void OutputOnFullDisk(Stage& stage) { ExpectSameStatus(stage, {{.output = Output::kFullDisk}}); }

constexpr Scenario kOutputOnFullDisk{
    "duplicate/output-on-full-disk", "C2",
    "A duplicate whose output is on a full disk ends with the same status.",
    "The log's disk is full, and the polite exit turns into a crash loop.", OutputOnFullDisk};

void PlainLocale(Stage& stage) {
  const std::string python = "PYTHONIOENCODING=ascii";  // it takes C for UTF-8 since 3.7 (PEP 540)
  ExpectSameStatus(stage, {{.environment = {"LC_ALL=C", python}},
                           {.environment = {"LC_ALL=en_US.ISO-8859-1", python}}});
}

constexpr Scenario kPlainLocale{
    "duplicate/plain-locale", "C2",
    "A duplicate in a locale that can't encode its message ends with the same status.",
    "cron and launchd start without a locale, and the emoji turns the polite exit into a crash.",
    PlainLocale};

constexpr Scenario kFamily[] = {
    kSecondStart,         kTenInARow,      kEightAtOnce,      kEightOnOtherPorts, kDuringStartUp,
    kDuringShutdown,      kAcrossShutdown, kOwnerStopped,     kDeadMainThread,    kOtherPort,
    kOwnersFileUntouched, kOutputClosed,   kOutputOnFullDisk, kPlainLocale};

}  // namespace

std::span<const Scenario> DuplicateFamily() { return kFamily; }

}  // namespace pidfall
