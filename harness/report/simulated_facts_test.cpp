#include "harness/report/simulated_facts.h"

#include <gtest/gtest.h>

#include <chrono>

#include "harness/simulation/simulation_log.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

TEST(SimulatedFactsTest, AreThoseOfTheSupervisedActor) {
  const ActorLog by_hand = {.name = "by-hand", .starts = {{0s, 3}}};
  const ActorLog agent = {
      .name = "agent",
      .supervised = true,
      .starts = {{1s, 5}, {11s, 7}},
      .exits = {{.at = 1500ms, .pid = 5, .status = 1}, {.at = 12s, .pid = 7, .signal = 9}},
      .gave_up = "too often"};
  const SimulatedFacts facts = FactsOf("by hand first", {.actors = {by_hand, agent}});
  EXPECT_EQ(facts.variant, "by hand first");
  EXPECT_EQ(facts.starts, 2);
  ASSERT_EQ(facts.exits.size(), 2U);
  EXPECT_EQ(facts.exits[0].at_s, 1.5);
  EXPECT_EQ(facts.exits[0].status, 1);
  EXPECT_EQ(facts.exits[1].status, -9);
  EXPECT_EQ(facts.gave_up, "too often");
  EXPECT_FALSE(facts.served_after_s);
}

TEST(SimulatedFactsTest, EveryActorHasALaneWithWhatItWasNotDown) {
  const ActorLog by_hand = {.name = "by-hand", .spans = {{Phase::kServes, 0s, 60s}}};
  const ActorLog agent = {
      .name = "agent",
      .supervised = true,
      .exits = {{.at = 2s, .pid = 5, .status = 1}},
      .spans = {{Phase::kDown, 0s, 1s}, {Phase::kStarting, 1s, 2s}, {Phase::kThrottled, 2s, 11s}}};
  const SimulatedFacts facts = FactsOf("", {.actors = {by_hand, agent}, .duration = 60s});
  EXPECT_EQ(facts.times.duration_s, 60);
  ASSERT_EQ(facts.times.lanes.size(), 2U);
  EXPECT_EQ(facts.times.lanes[0].bars[0].phase, "serves");
  ASSERT_EQ(facts.times.lanes[1].bars.size(), 2U);
  EXPECT_EQ(facts.times.lanes[1].bars[1].phase, "throttled");
  EXPECT_EQ(facts.times.lanes[1].bars[1].to_s, 11);
  EXPECT_EQ(facts.times.lanes[1].ends[0].status, 1);
}

TEST(SimulatedFactsTest, WithoutActorsTheyAreTheVariantOnly) {
  EXPECT_EQ(FactsOf("none", {}).starts, 0);
}

}  // namespace
}  // namespace pidfall
