#include "harness/stage/expect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <system_error>

#include "harness/observe/cause.h"
#include "harness/observe/listeners.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/said.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

// A standby that polls is recognized because it goes on.
constexpr Duration kPollingBound = kDuplicateBound + kSettlesFor;

int DuplicateStatus(Stage& stage, int seen) {
  const std::optional<int> declared = stage.target().duplicate_exit;
  return declared ? *declared : stage.evidence().FirstDuplicateStatus(seen);
}

// On the owner's port a duplicate may end because of the port: the status on another port counts.
std::optional<int> OwnersStatus(const Target& target) {
  const bool learnt = !target.duplicate_is_declared && target.elsewhere_exit;
  return learnt ? target.elsewhere_exit : target.duplicate_exit;
}

std::string HowItEnded(const Instance& instance) {
  return instance.ending() ? instance.ending()->Describe() : "an unknown status";
}

}  // namespace

void Require(bool kept, const std::string& clause, const std::string& otherwise,
             BreachKinds kinds) {
  if (!kept) throw Breach(clause, otherwise, kinds);
}

void Prefer(Stage& stage, bool kept, const std::string& clause, const std::string& otherwise) {
  if (!kept) stage.evidence().AddWeakness(clause, otherwise);
}

void ExpectServes(Stage& stage, Instance& instance, const std::string& clause,
                  const std::string& although) {
  const Outcome outcome = Settle(stage, instance);
  if (outcome == Outcome::kServes) return;
  const std::string what = outcome == Outcome::kWaits
                               ? "waited instead of serving"
                               : "refused to start (" + HowItEnded(instance) + ")";
  throw Breach(clause, instance.name() + " " + what + " and printed " + instance.Printed() +
                           ", although " + although);
}

namespace {

std::string Seconds(Duration time) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count());
}

std::string OfItself(const Instance& owner) {
  return owner.name() + " ended with " + HowItEnded(owner) + " by itself " +
         Seconds(owner.gone_at() - owner.started_at()) +
         " after its start; its standard input is /dev/null";
}

// An owner that ended beside others may end at that age anyway: one that is started alone shows it.
bool EndsAlone(Stage& stage, const Instance& owner) {
  constexpr Duration kOldest = std::chrono::seconds(10);
  constexpr int kMargin = 2;  // a half: no two lives take the same time
  const bool ended = owner.ending() && owner.Processes().empty();
  if (!ended || owner.ending()->signal != 0) return false;
  const Duration age = owner.gone_at() - owner.started_at();
  if (age > kOldest) return false;
  stage.EndAll();
  Instance& alone = stage.Start();
  return Settle(stage, alone) == Outcome::kServes && stage.Gone(alone, age + age / kMargin);
}

std::string WhatEnded(const Instance& owner, const Instance& contender) {
  if (owner.ended_at() < contender.started_at()) {
    return "what was left of the owner " + owner.name() + " ended";
  }
  return "the owner " + owner.name() + " ended with " + HowItEnded(owner);
}

// The contender serves, and the owner serves no longer.
void SayWhatBecameOf(Stage& stage, const Instance& owner, const Instance& contender,
                     const std::string& clause) {
  if (owner.MainProcess()) {
    throw Breach(clause, contender.name() + " took the place of the owner " + owner.name() +
                             ", which lives and serves no more");
  }
  if (owner.gone_at() < contender.started_at() || EndsAlone(stage, owner)) {
    throw NotApplicable(OfItself(owner));
  }
  throw Breach(clause, "take-over: " + contender.name() + " serves, and " +
                           WhatEnded(owner, contender) + " when it came");
}

}  // namespace

Duration BoundOfStart(const Stage& stage, Duration bound) {
  return bound + WithMargin(stage.target().start_up);
}

namespace {

// Clients reach one or the other.
std::string HowTheyShare(const Stage& stage, const Instance& contender, const Instance& owner) {
  if (!stage.target().port || contender.port() != owner.port()) return "";
  const auto listeners = ListenersOf(contender.Processes());
  const bool shares = std::ranges::any_of(listeners, [&](const Listener& listener) {
    return listener.port == contender.port() && listener.shares_port;
  });
  return shares ? ", on the same port by SO_REUSEPORT" : "";
}

void RequireNotServing(Stage& stage, const Instance& contender, const Instance& owner,
                       const std::string& clause, const std::string& although) {
  stage.Update();
  if (!Serves(stage, contender)) return;
  if (!Serves(stage, owner)) SayWhatBecameOf(stage, owner, contender, clause);
  throw Breach(clause,
               contender.name() + " serves beside the owner " + owner.name() +
                   HowTheyShare(stage, contender, owner) + although,
               breach_kind::kTwoServe);
}

// It waits or goes on.
void RequireNoPort(const Stage& stage, const Instance& contender, const Instance& owner,
                   const std::string& although) {
  Require(!ShareUdpPort(stage, contender, owner), "C1",
          contender.name() + " serves beside the owner " + owner.name() + " on UDP port " +
              std::to_string(owner.port()) + although,
          breach_kind::kTwoServe);
  Require(!ListensAnywhere(stage, contender), "C1",
          contender.name() + " serves on another port beside the owner " + owner.name() + although,
          breach_kind::kTwoServe);
}

}  // namespace

Outcome ExpectNotServing(Stage& stage, Instance& contender, const Instance& owner,
                         const std::string& clause, const std::string& although) {
  const Outcome outcome = Settle(stage, contender);
  if (outcome == Outcome::kServes) RequireNotServing(stage, contender, owner, clause, although);
  return outcome;
}

void ExpectKeptOut(Stage& stage, Instance& contender, const Instance& owner,
                   const std::string& although) {
  ExpectNotServing(stage, contender, owner, "C1", although);
  RequireNoPort(stage, contender, owner, although);
  ExpectOneOwner(stage, owner);
}

void ExpectOneOwner(Stage& stage, const Instance& owner) {
  {
    const Census::Look look(stage.census());
    for (const Instance& other : stage.instances()) {
      if (&other == &owner || !Serves(stage, other) || !Serves(stage, owner)) continue;
      throw Breach("C1",
                   other.name() + " (pid " + std::to_string(other.pid()) +
                       ") serves beside the owner " + owner.name() + " (pid " +
                       std::to_string(owner.pid()) + ")",
                   breach_kind::kTwoServe);
    }
    if (Serves(stage, owner)) return;
  }
  constexpr Duration kEndBound = std::chrono::milliseconds(500);  // its port closes before it ends
  stage.Gone(owner, kEndBound);
  if (EndsAlone(stage, owner)) throw NotApplicable(OfItself(owner));
  std::string text = "the owner " + owner.name() + " no longer serves";
  if (owner.ended()) {
    text += ": it ended with " + HowItEnded(owner) + " and printed " + owner.Printed();
  }
  throw Breach("C1", text);
}

bool IsDuplicateStatus(Stage& stage, const Ending& ending) {
  const Target& target = stage.target();
  const bool as_elsewhere =
      !target.duplicate_is_declared && ending.signal == 0 && target.elsewhere_exit == ending.status;
  if (as_elsewhere) return true;
  return ending.signal == 0 && ending.status == DuplicateStatus(stage, ending.status);
}

namespace {

// A helper that a failed start did not end.
void PreferNothingLeft(Stage& stage, const Instance& contender) {
  std::vector<std::string> left;
  for (const ProcessInfo& process : contender.Living()) {
    if (!IsAsleep(process.state)) continue;  // it may be about to end, or half reaped
    left.push_back(fmt::format("{} (pid {})", process.program, process.pid));
  }
  Prefer(stage, left.empty(), "C2",
         fmt::format("the duplicate {} ended with {} and left {} behind", contender.name(),
                     HowItEnded(contender), fmt::join(left, ", ")));
}

}  // namespace

void ExpectQuiet(Stage& stage, Instance& contender, const Instance& owner) {
  std::optional<Outcome> outcome;
  try {
    const Duration bound = stage.target().standby_polls ? kPollingBound : kDuplicateBound;
    outcome = Settle(stage, contender, BoundOfStart(stage, bound));
  } catch (const Broken&) {
    throw Breach("C2", contender.name() + " neither ended nor stood by within " +
                           Seconds(BoundOfStart(stage, kDuplicateBound)));
  }
  if (outcome == Outcome::kServes) {
    RequireNotServing(stage, contender, owner, "C1", "");
    outcome = contender.ending() ? Outcome::kEnded : Outcome::kWaits;  // it served for a moment
  }
  ExpectOneOwner(stage, owner);
  if (outcome == Outcome::kWaits) {
    return RequireNoPort(stage, contender, owner, "");
  }
  PreferNothingLeft(stage, contender);
  // Called first: it may be the first duplicate, whose status counts as declared.
  const bool is_quiet = IsDuplicateStatus(stage, *contender.ending());
  Require(is_quiet, "C2",
          "a duplicate ended with " + HowItEnded(contender) + ", which is not the declared " +
              std::to_string(DuplicateStatus(stage, 0)) + ", and printed " + contender.Printed());
}

// A crash is told from a success and from a duplicate by every supervisor. Often it is that of a
// runtime, which no line of the server could prevent.
void ExpectEndsAsFailure(Stage& stage, const Ending& ending, const std::string& clause,
                         const std::string& how) {
  const std::string what = "a start that failed ended with " + how;
  Prefer(stage, !ending.IsCrash(), clause, what);
  Require(ending.IsCrash() || (ending.signal == 0 && ending.status != 0), clause, what);
  const bool differs = ending.IsCrash() || ending.status != OwnersStatus(stage.target());
  const std::string same = "a start that failed ended with the duplicate's " + how;
  if (stage.target().duplicate_is_declared) return Require(differs, clause, same);
  // An undeclared status is no promise: then the two ends are only hard to tell apart.
  Prefer(stage, differs, clause, same);
}

void ExpectFailure(Stage& stage, Instance& instance, const std::string& clause,
                   const std::string& names, int cause) {
  Outcome outcome = Settle(stage, instance);
  // Some starts try to bind their port for seconds before they give up.
  if (outcome == Outcome::kWaits && stage.Gone(instance, Stage::kSettleBound)) {
    outcome = Settle(stage, instance);
  }
  Require(outcome == Outcome::kEnded, clause,
          instance.name() + (outcome == Outcome::kServes ? " serves" : " waits") +
              " as if nothing had failed");
  const Ending ending = instance.ending().value_or(Ending{});
  ExpectEndsAsFailure(stage, ending, clause, ending.Describe());
  const std::string said = SaidBy(stage, instance);
  Prefer(stage, said.find(names) != std::string::npos, clause,
         "the message does not name " + names + ": it printed " + instance.Printed());
  Prefer(stage, cause == 0 || SaysCause(said, names, cause), clause,
         "the message does not say why (" + std::generic_category().message(cause) + "): it " +
             "printed " + instance.Printed());
}

namespace {

// Which of its parts differ, one bit each. Another file comes with a mode and an owner of its own.
unsigned Differences(const FileState& a, const FileState& b) {
  const bool other = a.inode != b.inode;
  unsigned all = 0;
  for (const bool differs :
       {a.exists != b.exists, a.content != b.content, other, other || a.mode != b.mode,
        other || a.owner != b.owner, a.modified_ns != b.modified_ns}) {
    all = all << 1U | static_cast<unsigned>(differs);
  }
  return all;
}

// One that is at rest changes nothing.
bool OneAloneWakes(const Stage& stage) {
  const auto wakes = [](const Instance& one) { return !one.Processes().empty() && !IsAtRest(one); };
  return std::count_if(stage.instances().begin(), stage.instances().end(), wakes) == 1;
}

// The only one that can do it changes these parts of the file again.
bool ChangesByItself(Stage& stage, const std::string& path, const FileState& now,
                     unsigned differences) {
  constexpr Duration kHeartbeat = std::chrono::seconds(3);  // two are common, of a half second
  // A shell whose child has just ended looks at rest.
  constexpr Duration kBetweenChildren = std::chrono::milliseconds(250);
  const auto one_wakes = [&] { return OneAloneWakes(stage); };
  if (!now.exists || !stage.WaitUntil(one_wakes, kBetweenChildren)) return false;
  unsigned its_own = 0;  // a time in seconds changes at some of its heartbeats only
  const auto covers_all = [&] {
    its_own |= Differences(now, ReadState(path));
    return (differences & ~its_own) == 0;
  };
  return stage.WaitUntil(covers_all, kHeartbeat);
}

}  // namespace

void ExpectUnchanged(Stage& stage, const std::string& path, const FileState& before,
                     const std::string& clause, const std::string& after_what) {
  const FileState now = ReadState(path);
  if (now == before) return;
  const bool is_owners = ChangesByItself(stage, path, now, Differences(before, now));
  Require(is_owners, clause,
          fmt::format("{} was changed by {}: before {}, now {}", path, after_what,
                      before.Describe(), now.Describe()));
}

void ExpectFilesUnchanged(Stage& stage, const std::map<std::string, FileState>& before,
                          const std::string& clause, const std::string& after_what) {
  for (const auto& [file, state] : before) ExpectUnchanged(stage, file, state, clause, after_what);
  for (const auto& [file, state] : StatesOfFiles(stage)) {
    Require(before.contains(file), clause, fmt::format("{} was left by {}", file, after_what));
  }
}

namespace {

std::string DescribePidFile(const Stage& stage, const Instance& owner) {
  const FileState file = PidFile(stage);
  if (!file.exists) return "does not exist";
  std::string text = "is " + file.Describe();
  for (const Instance& instance : stage.instances()) {
    if (!PidFileNames(stage, instance.pid())) continue;
    text += ", the pid of " + (&instance == &owner ? "its launcher" : instance.name());
  }
  return text;
}

}  // namespace

void ExpectFileNames(Stage& stage, const Instance& owner, const std::string& clause) {
  if (!stage.target().pid_file || !stage.target().file_has_pid) return;
  const bool names = AwaitFile(stage, [&] { return PidFileNames(stage, owner); });
  Require(names, clause,
          "the pid file does not name the owner " + owner.name() + " (pid " +
              std::to_string(owner.MainProcess().value_or(owner.pid())) + "): it " +
              DescribePidFile(stage, owner));
}

void ExpectUntouched(const Bystander& bystander, const std::string& clause) {
  const auto signals = bystander.Signals();
  Require(signals.empty(), clause,
          fmt::format("a bystander got signals: {}", fmt::join(signals, ", ")));
}

}  // namespace pidfall
