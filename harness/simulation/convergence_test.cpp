#include "harness/simulation/convergence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// An agent that failed `failures` times beside the copy by hand, which goes after eight minutes;
// `gap` later the agent serves.
SimulationLog Loop(int failures, SupervisorTime gap) {
  ActorLog by_hand = {.name = "by-hand", .starts = {{0s, 1}}};
  by_hand.spans = {{Phase::kServes, 0s, 8min}, {Phase::kDown, 8min, 10min}};
  ActorLog agent = {.name = "agent", .supervised = true};
  for (int i = 0; i < failures; ++i) agent.starts.push_back({10s * i, 2, true});
  agent.starts.push_back({8min + gap, 3});
  agent.spans = {{Phase::kThrottled, 0s, 8min + gap}, {Phase::kServes, 8min + gap, 10min}};
  return {.actors = {by_hand, agent}, .duration = 10min};
}

TEST(Convergence, TwoStartsBesideAnOwnerAreAllowed) {
  EXPECT_THAT(ConvergenceBreaches(Loop(2, 4s)), IsEmpty());
}

TEST(Convergence, LoopBesideAnOwnerIsABreach) {
  EXPECT_THAT(ConvergenceBreaches(Loop(3, 4s)),
              ElementsAre(ConvergenceBreach{
                  "C11",
                  "the supervisor started it 3 times beside a live owner within 10 min, the bound "
                  "is 2 in ten minutes"}));
}

TEST(Convergence, StartsByHandAreNoLoop) {
  SimulationLog log = Loop(3, 4s);
  log.actors[1].supervised = false;
  EXPECT_THAT(ConvergenceBreaches(log), IsEmpty());
}

TEST(Convergence, ALateTakeOverIsABreach) {
  EXPECT_THAT(
      ConvergenceBreaches(Loop(1, 30s)),
      ElementsAre(ConvergenceBreach{"C11", "no copy served for 30 s after the owner ended"}));
  EXPECT_THAT(ConvergenceBreaches(Loop(1, 20s)), IsEmpty());
}

TEST(Convergence, NoTakeOverUntilTheEndIsABreach) {
  SimulationLog log = Loop(1, 30s);
  log.actors[1].spans.clear();
  EXPECT_THAT(ConvergenceBreaches(log),
              ElementsAre(ConvergenceBreach{"C11", "no copy served after the owner ended"}));
}

TEST(Convergence, WhereNothingIsRestartedNoTakeOverIsRequired) {
  EXPECT_THAT(ConvergenceBreaches(Loop(1, 30s), {.serves_again = false}), IsEmpty());
}

TEST(Convergence, TwoOwnersAtOneInstantBreakC1) {
  SimulationLog log = Loop(0, 0s);
  log.actors[1].spans = {{Phase::kServes, 1min, 10min}};
  EXPECT_THAT(ConvergenceBreaches(log),
              ElementsAre(ConvergenceBreach{"C1", "2 copies served at one instant"}));
}

TEST(Convergence, StartsFarApartAreNoLoop) {
  SimulationLog log = Loop(0, 0s);
  log.actors[1].starts = {{1min, 1, true}, {9min, 2, true}, {12min, 3, true}, {21min, 4, true}};
  EXPECT_EQ(MostStartsBesideAnOwner(log), 2);
}

// A command alone that ended so often, ten seconds apart.
SimulationLog Alone(int ends, int status) {
  ActorLog agent = {.name = "agent", .supervised = true};
  for (int i = 0; i < ends; ++i) agent.exits.push_back({.at = 10s * i, .status = status});
  return {.actors = {agent}, .duration = 10min};
}

TEST(RestartLoop, ACommandThatFailsAndNeverServesIsOne) {
  EXPECT_EQ(RestartLoop(Alone(60, 1)), "it failed 60 times and never served");
  EXPECT_EQ(RestartLoop(Alone(1, 1)), "it failed 1 time and never served");
}

TEST(RestartLoop, EndingWellAgainAndAgainIsOneToo) {
  EXPECT_EQ(RestartLoop(Alone(3, 0)),
            "it ended by itself 3 times within 10 min, the bound is 2 in ten minutes");
  EXPECT_EQ(RestartLoop(Alone(2, 0)), std::nullopt);
}

TEST(RestartLoop, OneRestartAfterAFailureOfAServerIsNone) {
  SimulationLog log = Alone(1, 1);
  log.actors[0].spans = {{Phase::kServes, 0s, 10min}};
  EXPECT_EQ(RestartLoop(log), std::nullopt);
}

TEST(RestartLoop, EndsFromOutsideAreNoRestartLoop) {
  SimulationLog log = Alone(60, 1);
  for (ExitEntry& exit : log.actors[0].exits) exit.provoked = true;
  EXPECT_EQ(RestartLoop(log), std::nullopt);
}

}  // namespace
}  // namespace pidfall
