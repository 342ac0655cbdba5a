#include "harness/stage/hand_over.h"

#include <fmt/format.h>

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// Two that serve for a moment are seen by a look in that moment only.
constexpr Duration kOverlapLook = std::chrono::milliseconds(2);

// Some write the file only once they serve.
constexpr Duration kNamingBound = std::chrono::seconds(1);

std::string HowItIs(const Instance& next) {
  if (!next.ending()) return "is not there";
  return "ended with " + next.ending()->Describe() + " and printed \"" + next.FirstLines() + "\"";
}

}  // namespace

Instance& StartElsewhere(Stage& stage, const std::vector<std::string>& arguments) {
  StartOptions options = stage.Elsewhere();
  options.arguments = arguments;
  return stage.Start(options);
}

Instance& StandBy(Stage& stage) {
  const auto& arguments = stage.target().standby_arguments;
  Instance& waiter = StartElsewhere(stage, arguments);
  const Outcome outcome = stage.Settle(waiter);
  if (outcome == Outcome::kWaits) return waiter;
  if (arguments.empty()) {
    throw NotApplicable("a second start does not stand by, and nothing is known that makes it");
  }
  const bool serves = outcome == Outcome::kServes;
  throw Breach(serves ? "C1" : "C17", waiter.name() + " was told to stand by, and " +
                                          (serves ? "serves beside the owner" : HowItIs(waiter)));
}

void ExpectHandOver(Stage& stage, const Instance& owner, const Instance& next) {
  const auto since = Clock::now();
  bool both = false;
  const auto taken = [&] {
    const bool serves = stage.Serves(next);
    both = serves && stage.Serves(owner);
    return serves || next.ended();
  };
  stage.WaitUntil(taken, kHandOverBound, kOverlapLook);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since);
  stage.Require(!both, "C1", next.name() + " serves beside the owner " + owner.name());
  stage.Require(stage.Serves(next), "C17",
                "nobody serves " + std::to_string(took.count()) +
                    " ms after the owner's turn: " + next.name() + " " + HowItIs(next));
  stage.Saw(next.name() + " serve after " + std::to_string(took.count()) + " ms");
  stage.WaitUntil([&] { return !stage.target().pid_file || stage.PidFileNames(next); },
                  kNamingBound);
  stage.ExpectFileNames(next, "C6");
}

std::map<std::string, FileState> Snapshot(const Stage& stage) {
  std::map<std::string, FileState> states;
  if (!stage.target().pid_file) return states;
  for (const std::string& file : stage.SafeguardFiles()) states[file] = ReadState(file);
  return states;
}

void ExpectSame(Stage& stage, const std::map<std::string, FileState>& before,
                const std::string& clause, const std::string& after_what) {
  const auto now = Snapshot(stage);
  for (const auto& [file, state] : before) {
    const FileState seen = now.contains(file) ? now.at(file) : FileState{};
    stage.Require(seen == state, clause,
                  fmt::format("{} was changed by {}: before {}, now {}", file, after_what,
                              state.Describe(), seen.Describe()));
  }
  for (const auto& [file, state] : now) {
    stage.Require(before.contains(file), clause,
                  fmt::format("{} was left by {}", file, after_what));
  }
}

}  // namespace pidfall
