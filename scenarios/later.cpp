// The owner some time after its start-up.
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/faults/clock.h"
#include "harness/faults/guard_locks.h"
#include "harness/kernel/files.h"
#include "harness/kernel/process.h"
#include "harness/kernel/signal_mask.h"
#include "harness/observe/folder_watch.h"
#include "harness/stage/answers.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// Long enough for a garbage collector or a timer to act once.
constexpr Duration kWhile = std::chrono::milliseconds(2500);

// A process that waits without a timeout changes nothing by itself after its start-up or a request.
constexpr Duration kAtRestSoon = std::chrono::milliseconds(100);

// A request may start a helper, log, or save.
constexpr int kRequests = 3;

// A lease lasts for a few renewals: with fewer, a busy machine loses it.
constexpr int kRenewalsPerLease = 4;

std::set<std::string> LocksOf(const Instance& owner) {
  std::set<std::string> locks;
  for (const pid_t pid : owner.Processes()) {
    for (const HeldLock& lock : HeldLocks(pid)) locks.insert(lock.kind + " lock on " + lock.path);
  }
  return locks;
}

std::string LostOf(const std::set<std::string>& before, const Instance& owner) {
  const auto now = LocksOf(owner);
  for (const std::string& lock : before) {
    if (!now.contains(lock)) return lock;
  }
  return "";
}

// Nobody finds the lock of a file that was removed: by the end of a child, say.
std::string HowItWasLost(const std::string& lost, const std::string& owner) {
  constexpr std::string_view kOn = " lock on ";
  const std::string path = lost.substr(lost.find(kOn) + kOn.size());
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown) || unknown) {
    return "the owner " + owner + " no longer holds its " + lost;
  }
  return path + ", which the owner " + owner + " has locked, was removed";
}

std::string TimeSince(Clock::time_point start) {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  return std::to_string(passed.count()) + " ms";
}

// A lock that was lost before the owner served was never seen. Where the port alone kept the second
// copy out, that is a weakness.
void ExpectSecondRefused(Stage& stage, const Instance& owner, bool holds_lock) {
  std::optional<Breach> breach;
  try {
    ExpectQuiet(stage, stage.Start(Elsewhere(stage)), owner);
  } catch (const Breach& seen) {
    breach = seen;
  }
  LostLock lost;
  if (!holds_lock) {
    stage.EndAll();
    lost = WhyItHoldsNoLock(stage);
  }
  if (breach && lost.text.empty()) throw Breach(*breach);
  if (breach) throw breach->DueTo(lost.text, breach_kind::kLostLock);
  Prefer(stage, !lost.is_sure, "C1", lost.text + ": it keeps no second copy out");
}

// Many servers open their logs anew at SIGHUP, and some close too much. One that ends by it, or is
// about to, has nothing to keep. A lock may be let go and taken again, as by a program that
// executes itself.
void ExpectKeptAtReload(Stage& stage, Instance& owner, const std::set<std::string>& before) {
  if (!CatchesSignal(owner.MainProcess().value_or(owner.pid()), SIGHUP)) return;
  stage.Signal(owner, SIGHUP);
  stage.WaitUntil([&] { return owner.ended() || IsAtRest(owner); }, kWhile);
  std::string lost;
  const auto ends = [&] {
    return owner.ended() || (stage.target().listens() && !Serves(stage, owner));
  };
  const auto keeps = [&] { return (lost = LostOf(before, owner)).empty() || ends(); };
  if (stage.WaitUntil(keeps, kWhile)) return;
  throw Breach("C1", HowItWasLost(lost, owner.name()) + " after SIGHUP: a second copy can start",
               breach_kind::kLostLock);
}

void LockKept(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const auto began = Clock::now();
  const auto before = LocksOf(owner);
  const bool is_named = PidFileNames(stage, owner);
  for (int i = 0; i < kRequests; ++i) Visit(stage);
  std::string lost;
  const auto is_lost = [&] { return !(lost = LostOf(before, owner)).empty(); };
  const bool wakes = !stage.WaitUntil([&] { return IsAtRest(owner); }, kAtRestSoon);
  if (stage.WaitUntil(is_lost, wakes ? kWhile : Duration::zero())) {
    throw Breach("C1",
                 HowItWasLost(lost, owner.name()) + " " + TimeSince(began) +
                     " after its start-up: a second copy can start",
                 breach_kind::kLostLock);
  }
  stage.Saw("the owner serve for " + TimeSince(began));
  if (is_named) ExpectFileNames(stage, owner, "C6");  // the end of a request's child may remove it
  ExpectSecondRefused(stage, owner, !before.empty());
  if (!before.empty()) ExpectKeptAtReload(stage, owner, before);
}

constexpr Scenario kLockKept{
    "later/lock-kept", "C1 C2 C6",
    "The owner answers requests, serves for a while, and reloads at SIGHUP: it still holds its "
    "locks, its pid file names it, and a second start is refused.",
    "The program lost the lock's handle, the garbage collector closes it, and a second copy starts "
    "(BitMiracle-AI/Dormice#22).",
    LockKept};

// The time between two changes that the owner makes to its safeguard by itself; zero: it makes none
// in kWhile.
Duration RenewalOf(Stage& stage) {
  const FolderWatch watch(stage.folder());
  const auto seen = [&] { return watch.TakeChanges(); };
  if (!stage.WaitUntil(seen, kWhile)) return Duration::zero();
  const auto first = Clock::now();
  return stage.WaitUntil(seen, kWhile) ? Clock::now() - first : Duration::zero();
}

void StoppedBeyondItsLease(Stage& stage) {
  Instance& owner = stage.StartOwner();
  if (stage.WaitUntil([&] { return IsAtRest(owner); }, kAtRestSoon)) {
    throw NotApplicable("the owner never wakes up by itself, so it renews nothing");
  }
  const Duration renewal = RenewalOf(stage);
  if (renewal == Duration::zero()) throw NotApplicable("the owner renews nothing by itself");
  stage.Signal(owner, SIGSTOP);
  ShiftFileTimes(stage, -std::chrono::hours(1));
  LetTimePass(stage, kRenewalsPerLease * renewal);
  Instance& contender = stage.Start(Elsewhere(stage));
  const bool takes_over = Settle(stage, contender) == Outcome::kServes;
  stage.Signal(owner, SIGCONT);
  stage.WaitUntil([&] { return owner.ended(); }, renewal);
  Require(!takes_over || !Serves(stage, owner), "C14",
          contender.name() + " took over from a stopped owner whose lease had run out, and " +
              owner.name() + " serves on beside it once it is woken",
          breach_kind::kTwoServe);
}

constexpr Scenario kStoppedBeyondItsLease{
    "later/stopped-beyond-its-lease",
    "C14",
    "The owner is stopped for longer than a lease that it renews, a second start comes, the owner "
    "is woken: at most one serves.",
    "A laptop sleeps, the lease runs out, and after it wakes two copies serve "
    "(getpaseo/paseo#1962).",
    StoppedBeyondItsLease,
    part::kPidFile};

constexpr Scenario kFamily[] = {kLockKept, kStoppedBeyondItsLease};

}  // namespace

std::span<const Scenario> LaterFamily() { return kFamily; }

}  // namespace pidfall
