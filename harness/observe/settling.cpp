#include "harness/observe/settling.h"

#include <algorithm>

#include "harness/kernel/process.h"

namespace pidfall {
namespace {

constexpr Settled kEnds{Outcome::kEnded, "has ended"};
constexpr Settled kHasFailed{Outcome::kEnded, "has failed, and what it left behind sleeps"};
constexpr Settled kListens{Outcome::kServes, "listens"};
constexpr Settled kIsAtRest{Outcome::kServes, "stays, with nothing left to do"};
constexpr Settled kIsInLock{Outcome::kWaits, "waits in a lock"};
constexpr Settled kHasNoTimeout{Outcome::kWaits, "waits without a timeout"};
constexpr Settled kLacksPort{Outcome::kWaits, "goes on without its port"};

// A half reaped process may still be listed.
bool IsGone(const ProcessSighting& process) { return process.state == 'Z' || process.state == 'X'; }

bool Sleeps(const ProcessSighting& process) { return IsAsleep(process.state); }

// A stopped process waits for a signal.
bool IsEndless(const ProcessSighting& process) {
  return process.state == 'T' || (process.state == 'S' && process.has_no_timeout);
}

// It does nothing for now, but nobody knows what it is about to do.
bool IsHeldInACall(const ProcessSighting& process) {
  return process.state == 't' && process.has_no_timeout;
}

template <typename Predicate>
bool All(const Sighting& now, Predicate predicate) {
  return std::all_of(now.processes.begin(), now.processes.end(), predicate);
}

template <typename Member>
bool Any(const Sighting& now, Member member) {
  return std::any_of(now.processes.begin(), now.processes.end(),
                     [&](const ProcessSighting& process) { return process.*member; });
}

Duration Sum(const Sighting& now, Duration ProcessSighting::*member) {
  Duration sum{0};
  for (const ProcessSighting& process : now.processes) sum += process.*member;
  return sum;
}

std::vector<std::pair<pid_t, uint64_t>> SwitchesOf(const Sighting& now) {
  std::vector<std::pair<pid_t, uint64_t>> all;
  for (const ProcessSighting& process : now.processes) {
    all.emplace_back(process.pid, process.switches);
  }
  return all;
}

}  // namespace

bool IsAtRest(const Sighting& now) {
  return All(now, [](const ProcessSighting& one) {
    return IsGone(one) || IsEndless(one) || IsHeldInACall(one);
  });
}

Settling::Settling(Port port, Duration start_up, Duration tries)
    : has_port_(port == Port::kExpected), without_port_(tries + WithMargin(start_up)) {}

void Settling::See(const Sighting& sighting) {
  Sighting now = sighting;
  std::erase_if(now.processes, IsGone);
  NoteSleep(now);
  stays_ = Stays(now);
  looks_ = LookOf(now);
  // Without a port, a short wait (for the log, for the folder that another start changes) looks
  // like a complete start-up.
  const bool may_pass = looks_ && looks_->outcome != Outcome::kEnded && !(has_port_ && now.listens);
  has_blocked_ = NoteBlocked(may_pass, now);
  settled_ = SettledNow(now);
  if (settled_ && settled_->outcome == Outcome::kServes && AwaitsLauncher(now)) settled_.reset();
}

Settling::Mark Settling::MarkOf(const Sighting& now) {
  return {now.over, Sum(now, &ProcessSighting::ran), Sum(now, &ProcessSighting::postponed)};
}

// A process that waits for a processor wants to run: that time says nothing.
bool Settling::HardlyRan(const Mark& mark, const Sighting& now) {
  constexpr int kHardly = 50;  // a fiftieth of the time
  const Mark at = MarkOf(now);
  const Duration free = now.began - mark.since - (at.postponed - mark.postponed);
  return (at.ran - mark.ran) * kHardly <= free;
}

// Between two sightings it may run and block again, so the count of its switches shows that it ran.
// Only the first thread counts: others may tick for ever (Java's).
void Settling::NoteSleep(const Sighting& now) {
  sleeps_ = All(now, Sleeps);
  auto switches = SwitchesOf(now);
  // The observer may lose the processor during a look: the time after it is not seen.
  if (!sleeps_ || switches != switches_) sleeps_since_ = now.over;
  switches_ = std::move(switches);
}

bool Settling::HasSleptFor(Duration time, const Sighting& now) const {
  return now.began - sleeps_since_ >= time;
}

// A start that polls never sleeps for long; one that prints without end sleeps when no process
// reads.
bool Settling::Stays(const Sighting& now) const {
  if (now.processes.empty()) return false;
  const bool rests = now.age >= kSettlesFor && sleeps_ && !Any(now, &ProcessSighting::writes);
  return rests || HasSleptFor(kSleepsAfter, now) || All(now, IsEndless);
}

std::optional<Settled> Settling::LookOf(const Sighting& now) const {
  if (now.processes.empty()) return now.first_ended ? std::optional(kEnds) : std::nullopt;
  if (has_port_ && now.listens) return kListens;
  if (now.first_failed && !HasSleptFor(kSleepsAfter, now)) return std::nullopt;
  if (now.first_failed) return kHasFailed;
  const bool waits = All(now, IsEndless);
  const bool in_lock = waits && Any(now, &ProcessSighting::in_lock);
  // Without a port, a process that sleeps in timed steps, as cron does, serves as well.
  if (!has_port_ && stays_ && !in_lock) return kIsAtRest;
  if (!waits) return std::nullopt;
  return in_lock ? kIsInLock : kHasNoTimeout;
}

// A process that ticks never sleeps for long: it has to look blocked for longer, and hardly run. A
// sighting at which it just runs, or waits for a processor, does not end that.
bool Settling::NoteBlocked(bool looks_blocked, const Sighting& now) {
  if (!looks_blocked && sleeps_) blocked_.reset();
  if (!looks_blocked) return false;
  if (Any(now, &ProcessSighting::in_lock)) return true;
  if (!blocked_) blocked_ = MarkOf(now);
  const Duration time = now.began - blocked_->since;
  if (HasSleptFor(kWaitsAfter, now)) return time >= kWaitsAfter;
  if (time < kSleepsAfter) return false;
  const bool hardly_ran = HardlyRan(*blocked_, now);
  if (!hardly_ran) blocked_.reset();
  return hardly_ran;
}

std::optional<Settled> Settling::SettledNow(const Sighting& now) {
  if (!looks_ || looks_->outcome != Outcome::kServes) busy_since_.reset();
  if (!looks_) return GoesOnWithout(now);
  if (looks_->outcome == Outcome::kServes && !sleeps_) {
    return IsStillBusy(now) ? std::nullopt : looks_;
  }
  const bool is_certain = looks_->outcome == Outcome::kEnded || (has_port_ && now.listens);
  return is_certain || has_blocked_ ? looks_ : std::nullopt;
}

bool Settling::IsStillBusy(const Sighting& now) {
  if (!busy_since_) busy_since_ = now.over;
  return now.began - *busy_since_ < kBusyAfter;
}

// Another process has its port or some of its addresses, or is the owner. It may try again: on a
// busy machine, one that polls is hardly ever seen asleep.
std::optional<Settled> Settling::GoesOnWithout(const Sighting& now) {
  if (!has_port_ || !now.is_kept_out || now.processes.empty()) return std::nullopt;
  if (!sleeps_ && !now.polls) return std::nullopt;
  if (!without_) without_ = MarkOf(now);
  if (now.began - without_->since < without_port_) return std::nullopt;
  return sleeps_ || HardlyRan(*without_, now) ? std::optional(kLacksPort) : std::nullopt;
}

// A launcher ends once its daemon serves, unless it supervises it. Until then it would be taken for
// the main process. While others have the processor it is not late.
bool Settling::AwaitsLauncher(const Sighting& now) {
  if (!has_port_ || now.first_ended || now.first_listens) return false;
  if (!launched_) launched_ = MarkOf(now);
  const Duration postponed = MarkOf(now).postponed - launched_->postponed;
  return now.began - launched_->since - postponed < kLauncherBound;
}

}  // namespace pidfall
