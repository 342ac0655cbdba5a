// A server with several entrances: by hand and by a supervisor, by an old script and by a new one.
// Each keeps the others out, and recovers from what they leave.
#include <functional>
#include <string>
#include <vector>

#include "harness/faults/pid_file.h"
#include "harness/input/shell_quote.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

struct Entrance {
  std::string name;
  StartOptions start;
};

// The declared command comes first.
std::vector<Entrance> EntrancesOf(const Target& target) {
  std::vector<Entrance> all = {{"the command", {}}};
  for (const std::string& command : target.also) {
    all.push_back({"\"" + command + "\"", {.command = ExecutedByShell(command)}});
  }
  return all;
}

using Judge = std::function<void(const Entrance& first, const Entrance& second)>;

// Both orders of every pair.
void ForEachPair(Stage& stage, const Judge& judge) {
  const auto all = EntrancesOf(stage.target());
  for (const Entrance& first : all) {
    for (const Entrance& second : all) {
      if (&first == &second) continue;
      stage.Did("start the first copy by " + first.name + " and the second by " + second.name);
      judge(first, second);
      stage.EndAll();
      if (stage.target().pid_file) RemoveSafeguard(stage);
    }
  }
}

Instance& StartOwnerBy(Stage& stage, const Entrance& entrance) {
  try {
    return stage.StartOwner(entrance.start);
  } catch (const Broken& broken) {
    throw Broken("started by " + entrance.name + ": " + broken.what());
  }
}

// Its status is not judged: a launcher may end with one of its own.
void ExpectSecondKeptOut(Stage& stage, const Entrance& first, const Entrance& second) {
  Instance& owner = StartOwnerBy(stage, first);
  const auto before = FilesOf(stage, owner);
  StartOptions start = second.start;
  start.port = Elsewhere(stage).port;
  Instance& contender = stage.Start(start);
  ExpectKeptOut(stage, contender, owner,
                ": the first was started by " + first.name + ", the second by " + second.name +
                    ", and each has a safeguard of its own");
  for (const auto& [path, state] : before) {
    ExpectUnchanged(stage, path, state, "C2", "a second start by " + second.name);
  }
}

void BesideOwner(Stage& stage) {
  ForEachPair(stage, [&](const Entrance& first, const Entrance& second) {
    ExpectSecondKeptOut(stage, first, second);
  });
}

constexpr Scenario kBesideOwner{
    "entrance/beside-owner",
    "C1 C2",
    "The owner was started in one way and a second copy in another (--also), both orders of every "
    "pair: the second does not serve, and changes nothing of the owner's.",
    "The copy by hand and the one of the supervisor have two records, and both serve "
    "(Intrect-io/OpenSwarm#228).",
    BesideOwner,
    part::kAlso};

void AfterKill(Stage& stage) {
  ForEachPair(stage, [&](const Entrance& first, const Entrance& second) {
    stage.KillTree(StartOwnerBy(stage, first));
    ExpectServes(stage, stage.Start(second.start), "C3",
                 "the owner, started by " + first.name + ", was killed, and this start is by " +
                     second.name);
  });
}

constexpr Scenario kAfterKill{
    "entrance/after-kill",
    "C3",
    "The owner was started in one way (--also) and killed: a start in another way serves, both "
    "orders of every pair.",
    "The supervisor cannot start what a person started last, until somebody removes a file.",
    AfterKill,
    part::kAlso};

constexpr Scenario kFamily[] = {kBesideOwner, kAfterKill};

}  // namespace

std::span<const Scenario> EntranceFamily() { return kFamily; }

}  // namespace pidfall
