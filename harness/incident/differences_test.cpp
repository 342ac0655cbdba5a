#include "harness/incident/differences.h"

#include <gtest/gtest.h>

#include <chrono>

namespace pidfall {
namespace {

using namespace std::chrono_literals;

// An agent that failed `failures` times beside the copy by hand, then served.
SimulationLog Loop(int failures, SupervisorTime gap) {
  ActorLog by_hand = {.name = "by-hand", .starts = {{0s, 1}}};
  by_hand.exits = {{.at = 8min, .served = true, .provoked = true}};
  by_hand.spans = {{Phase::kServes, 0s, 8min}, {Phase::kDown, 8min, 10min}};
  ActorLog agent = {.name = "agent", .supervised = true};
  for (int i = 0; i < failures; ++i) {
    agent.starts.push_back({10s * i, 2});
    agent.exits.push_back({.at = 10s * i, .status = 1});
  }
  agent.starts.push_back({8min + gap, 3});
  agent.spans = {{Phase::kThrottled, 0s, 8min + gap}, {Phase::kServes, 8min + gap, 10min}};
  return {.actors = {by_hand, agent}, .duration = 10min};
}

TEST(Differences, AnExpectedOutcomeHasNoDifference) {
  const ExpectedOutcome expected = {.starts = {{"agent", {40, 50}}, {"by-hand", {1, 1}}},
                                    .statuses = {{"agent", {1}}, {"by-hand", {}}},
                                    .served_within = 20s};
  EXPECT_TRUE(Differences(expected, Loop(48, 4s)).empty());
}

TEST(Differences, EachWayToDifferIsSaid) {
  const SimulationLog log = Loop(48, 30s);
  EXPECT_EQ(Differences({.starts = {{"agent", {1, 1}}}}, log),
            std::vector<std::string>{"agent: 49 starts, expected 1"});
  EXPECT_EQ(Differences({.statuses = {{"agent", {0}}}}, log),
            std::vector<std::string>{"agent: statuses 1, expected 0"});
  EXPECT_EQ(Differences({.statuses = {{"agent", {}}}}, log),
            std::vector<std::string>{"agent: statuses 1, expected none"});
  EXPECT_EQ(Differences({.served_within = 20s}, log),
            std::vector<std::string>{"served 30 s after, expected within 20 s"});
  EXPECT_EQ(Differences({.never_served = true}, log),
            std::vector<std::string>{"served 30 s after, expected never"});
}

SimulationLog TwoOwners() {
  ActorLog one = {.name = "one", .starts = {{0s, 11}}, .spans = {{Phase::kServes, 0s, 10min}}};
  ActorLog two = {.name = "two", .starts = {{0s, 12}}, .spans = {{Phase::kServes, 1s, 10min}}};
  return {.actors = {one, two}, .duration = 10min};
}

TEST(Differences, OneOwnerIsExpectedUnlessTwoAre) {
  EXPECT_EQ(Differences({}, TwoOwners()),
            std::vector<std::string>{"2 served at one instant, expected 0 to 1"});
  EXPECT_TRUE(Differences({.owners = CountRange{2, 2}}, TwoOwners()).empty());
  EXPECT_EQ(Differences({.owners = CountRange{2, 2}}, Loop(1, 4s)),
            std::vector<std::string>{"1 served at one instant, expected 2"});
}

TEST(Differences, WhoServesAtTheEndIsCompared) {
  EXPECT_TRUE(Differences({.serves = {{"agent"}}}, Loop(1, 4s)).empty());
  EXPECT_EQ(Differences({.serves = std::vector<std::string>{}}, Loop(1, 4s)),
            std::vector<std::string>{"at the end serves agent, expected none"});
}

TEST(Differences, AStrangersSignalIsSeenUnlessExpected) {
  SimulationLog log = Loop(1, 4s);
  log.actors[0].signals = {"SIGTERM"};
  EXPECT_EQ(Differences({}, log),
            std::vector<std::string>{"by-hand got the signals SIGTERM, expected none"});
  EXPECT_TRUE(Differences({.signalled = {"by-hand"}}, log).empty());
  EXPECT_EQ(Differences({.signalled = {"by-hand"}}, Loop(1, 4s)),
            std::vector<std::string>{"by-hand got the signals none, expected some"});
}

TEST(Differences, FilesAreComparedByWhatTheySay) {
  SimulationLog log = Loop(1, 4s);  // the agent's last pid is 3
  log.files = {{"named", {true, "3\n"}}, {"cut", {true, "33\n"}}, {"empty", {true, ""}}};
  log.files["gone"] = {};
  const std::tuple<const char*, const char*, bool> cases[] = {
      {"named", "names agent", true},  {"named", "misnames agent", false},
      {"named", "says 3", true},       {"cut", "names agent", false},
      {"cut", "misnames agent", true}, {"cut", "says 3", false},
      {"cut", "gone", false},          {"cut", "empty", false},
      {"empty", "empty", true},        {"empty", "names agent", false},
      {"gone", "gone", true},          {"gone", "misnames agent", false},
  };
  for (const auto& [file, said, holds] : cases) {
    EXPECT_EQ(Differences({.files = {{file, said}}}, log).empty(), holds) << file << ' ' << said;
  }
}

}  // namespace
}  // namespace pidfall
