#include "harness/simulation/log_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pidfall {
namespace {

using namespace std::chrono_literals;

TEST(LogTimesTest, ALogComesBackFromItsTimes) {
  SimulationLog log{.duration = 90s};
  log.actors.push_back({.name = "agent",
                        .exits = {{.at = 2s, .status = 3}, {.at = 90s, .signal = 9}},
                        .spans = {{Phase::kStarting, 0s, 1s}, {Phase::kThrottled, 2s, 12500ms}}});
  const SimulationLog back = LogOf(TimesOf(log));
  EXPECT_EQ(back.duration, 90s);
  const ActorLog& agent = back.actors.at(0);
  EXPECT_EQ(agent.spans.at(1).phase, Phase::kThrottled);
  EXPECT_EQ(agent.spans.at(1).to, 12500ms);
  EXPECT_EQ(agent.exits.at(0).status, 3);
  EXPECT_EQ(agent.exits.at(1).signal, 9);
}

TEST(LogTimesTest, WhatOnlyAStoryHasIsNoPhase) {
  const StoryTimes times{.lanes = {{"A", {{"guard", 0, 1}, {"serves", 0, 1}}, {}, {}}}};
  const SimulationLog log = LogOf(times);
  ASSERT_EQ(log.actors.at(0).spans.size(), 1U);
  EXPECT_EQ(log.actors.at(0).spans.at(0).phase, Phase::kServes);
}

}  // namespace
}  // namespace pidfall
