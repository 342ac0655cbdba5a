// The Stage's judgement: what a scenario requires, in the words of guard/CONTRACT.md.
#include <system_error>

#include "harness/observe/cause.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

std::string Said(const Instance& instance) {
  const std::string lines = instance.FirstLines();
  return lines.empty() ? "and printed nothing" : "and printed \"" + lines + "\"";
}

std::string HowItEnded(const Instance& instance) {
  return instance.ending() ? instance.ending()->Describe() : "an unknown status";
}

}  // namespace

void Stage::Require(bool kept, const std::string& clause, const std::string& otherwise) {
  if (!kept) throw Breach(clause, otherwise);
}

void Stage::Prefer(bool kept, const std::string& clause, const std::string& otherwise) {
  if (!kept) weaknesses_.push_back({clause, otherwise});
}

void Stage::ExpectServes(Instance& instance, const std::string& clause,
                         const std::string& although) {
  const Outcome outcome = Settle(instance);
  if (outcome == Outcome::kServes) return;
  const std::string what =
      outcome == Outcome::kWaits ? "waits" : "refused to start (" + HowItEnded(instance) + ")";
  throw Breach(clause,
               instance.name() + " " + what + " " + Said(instance) + ", although " + although);
}

void Stage::ExpectOneOwner(const Instance& owner) {
  const Census::Moment moment(census_);
  for (const Instance& other : instances_) {
    if (&other == &owner || !Serves(other) || !Serves(owner)) continue;
    throw Breach("C1", other.name() + " (pid " + std::to_string(other.pid()) +
                           ") serves beside the owner " + owner.name() + " (pid " +
                           std::to_string(owner.pid()) + ")");
  }
  Require(Serves(owner), "C1", "the owner " + owner.name() + " no longer serves");
}

bool Stage::IsDuplicateStatus(const Ending& ending) {
  if (ending.signal != 0) return false;
  if (target_.duplicate_exit) return ending.status == *target_.duplicate_exit;
  if (!first_duplicate_status_) first_duplicate_status_ = ending.status;
  return ending.status == *first_duplicate_status_;
}

void Stage::ExpectQuiet(Instance& contender, const Instance& owner) {
  std::optional<Outcome> outcome;
  try {
    outcome = Settle(contender, target_.standby_polls ? kPollingBound : kDuplicateBound);
  } catch (const Broken&) {
    throw Breach("C2", contender.name() + " neither ended nor stood by within 2 s");
  }
  Require(outcome != Outcome::kServes, "C1",
          contender.name() + " serves beside the owner " + owner.name());
  ExpectOneOwner(owner);
  if (outcome == Outcome::kWaits) {
    return Require(!ListensAnywhere(contender), "C1",
                   contender.name() + " serves on another port beside the owner " + owner.name());
  }
  Require(IsDuplicateStatus(*contender.ending()), "C2",
          "a duplicate ended with " + HowItEnded(contender) + ", which is not the declared " +
              std::to_string(target_.duplicate_exit.value_or(first_duplicate_status_.value_or(0))) +
              ", " + Said(contender));
}

void Stage::ExpectFailure(Instance& instance, const std::string& clause, const std::string& names,
                          int cause) {
  Outcome outcome = Settle(instance);
  // Many a start tries for its port for seconds before it gives up.
  if (outcome == Outcome::kWaits && Gone(instance, kSettleBound)) outcome = Settle(instance);
  Require(outcome == Outcome::kEnded, clause,
          instance.name() + (outcome == Outcome::kServes ? " serves" : " waits") +
              " as if nothing had failed");
  const Ending ending = instance.ending().value_or(Ending{});
  Require(ending.signal == 0 && ending.status != 0, clause,
          "a start that failed ended with " + ending.Describe());
  // What was never declared cannot be broken: then it is only hard to tell them apart.
  const bool differs = !target_.duplicate_exit || ending.status != *target_.duplicate_exit;
  const std::string same = "a start that failed ended with the duplicate's " + ending.Describe();
  if (target_.duplicate_is_declared) {
    Require(differs, clause, same);
  } else {
    Prefer(differs, clause, same);
  }
  Prefer(instance.output().find(names) != std::string::npos, clause,
         "the message does not name " + names + ": it " + Said(instance).substr(4));
  Prefer(cause == 0 || SaysCause(instance.output(), names, cause), clause,
         "the message does not say why (" + std::generic_category().message(cause) + "): it " +
             Said(instance).substr(4));
}

void Stage::ExpectSame(const std::string& path, const FileState& before,
                       const std::string& clause) {
  const FileState now = ReadState(path);
  Require(now == before, clause,
          "the owner's " + path + " was changed: before " + before.Describe() + ", now " +
              now.Describe());
}

void Stage::ExpectFileNames(const Instance& owner, const std::string& clause) {
  if (!target_.pid_file) return;
  Require(AwaitFile([&] { return PidFileNames(owner); }), clause,
          "the pid file does not name the owner " + owner.name() + " (pid " +
              std::to_string(owner.pid()) + "): it is " + PidFile().Describe());
}

void Stage::ExpectUntouched(const Bystander& bystander, const std::string& clause) {
  std::string all;
  for (const std::string& name : bystander.Signals()) all += (all.empty() ? "" : ", ") + name;
  Require(all.empty(), clause, "a bystander got signals: " + all);
}

}  // namespace pidfall
