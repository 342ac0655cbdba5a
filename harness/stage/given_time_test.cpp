#include "harness/stage/given_time.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>

#include <filesystem>

#include "harness/process/fd.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::string FirstAllowedProcessor() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  size_t first = 0;
  while (!CPU_ISSET(first, &allowed)) ++first;
  return std::to_string(first);
}

constexpr auto kWaits = 100ms;

// Two that want all of one processor.
class GivenTimeTest : public testing::Test {
 protected:
  GivenTimeTest() {
    world_.folder = testing::TempDir() + "given_time_XXXXXX";
    if (mkdtemp(world_.folder.data()) == nullptr) ThrowErrno("mkdtemp");
    stage_.emplace(target_, world_);
    for (int i = 0; i < 2; ++i) {
      stage_->Start({.under = {"taskset", "-c", FirstAllowedProcessor()}});
    }
    began_ = Clock::now();
    given_.emplace(*stage_);
  }
  Duration LeftOut() {
    const Duration given = given_->SoFar();
    return Clock::now() - began_ - given;
  }
  ~GivenTimeTest() override {
    stage_->EndAll();
    std::filesystem::remove_all(world_.folder);
  }

  Target target_{.command = {"/bin/sh", "-c", "while :; do :; done"}};
  World world_;
  std::optional<Stage> stage_;
  Clock::time_point began_;
  std::optional<GivenTime> given_;
};

TEST_F(GivenTimeTest, TheTimeThatAnotherHadTheProcessorIsLeftOut) {
  EXPECT_TRUE(stage_->WaitUntil([&] { return LeftOut() >= kWaits; }, Stage::kSettleBound));
}

// A shell, say, whose server has ended and that waits for the processor to end as well.
TEST_F(GivenTimeTest, WhatAnEndedOneWaitedStaysLeftOut) {
  stage_->WaitUntil([&] { return LeftOut() >= kWaits; }, Stage::kSettleBound);
  stage_->EndAll();
  EXPECT_GE(LeftOut(), kWaits);
}

TEST_F(GivenTimeTest, ABoundIsOfTheTimeGiven) {
  constexpr auto kShort = 400ms;
  const auto began = Clock::now();
  EXPECT_FALSE(stage_->WaitUntil([] { return false; }, kShort));
  EXPECT_GT(Clock::now() - began, kShort + kShort / 4);
}

}  // namespace
}  // namespace pidfall
