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
  }
  ~GivenTimeTest() override {
    stage_->EndAll();
    std::filesystem::remove_all(world_.folder);
  }

  Target target_{.command = {"/bin/sh", "-c", "while :; do :; done"}};
  World world_;
  std::optional<Stage> stage_;
};

TEST_F(GivenTimeTest, TheTimeThatAnotherHadTheProcessorIsLeftOut) {
  constexpr auto kWaitsAtLeast = 100ms;
  const auto began = Clock::now();
  const GivenTime given(*stage_);
  auto left_out = 0ns;
  const auto has_waited = [&] {
    left_out = Clock::now() - began - given.SoFar();
    return left_out >= kWaitsAtLeast;
  };
  EXPECT_TRUE(stage_->WaitUntil(has_waited, Stage::kSettleBound)) << left_out.count() << " ns";
}

TEST_F(GivenTimeTest, ABoundIsOfTheTimeGiven) {
  constexpr auto kShort = 400ms;
  const auto began = Clock::now();
  EXPECT_FALSE(stage_->WaitUntil([] { return false; }, kShort));
  EXPECT_GT(Clock::now() - began, kShort + kShort / 4);
}

}  // namespace
}  // namespace pidfall
