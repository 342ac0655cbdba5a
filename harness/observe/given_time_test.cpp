#include "harness/observe/given_time.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include <filesystem>
#include <functional>

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

constexpr auto kSome = 100ms;

class GivenTimeTest : public testing::Test {
 protected:
  GivenTimeTest() {
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // as in a sandbox: orphans are found
    world_.folder = testing::TempDir() + "given_time_XXXXXX";
    if (mkdtemp(world_.folder.data()) == nullptr) ThrowErrno("mkdtemp");
  }
  ~GivenTimeTest() override {
    stage_->EndAll();
    std::filesystem::remove_all(world_.folder);
  }

  // Each instance uses all of the same processor.
  void Start(int instances, const std::string& script = "while :; do :; done") {
    target_.command = {"/bin/sh", "-c", script};
    stage_.emplace(target_, world_);
    for (int i = 0; i < instances; ++i) {
      stage_->Start({.under = {"taskset", "-c", FirstAllowedProcessor()}});
    }
    began_ = Clock::now();
    given_.emplace([&] { return ProcessorTimesOfAll(*stage_); });
  }
  Duration LeftOut() {
    const Duration given = given_->SoFar();
    return Clock::now() - began_ - given;
  }
  Duration Ran() const {
    const auto times = ProcessorTimesOfAll(*stage_);
    Duration sum{0};
    for (const auto& [thread, time] : times.front()) sum += time.ran;
    return sum;
  }
  bool Becomes(const std::function<bool()>& condition) {
    return stage_->WaitUntil(condition, Stage::kSettleBound);
  }

  Target target_;
  World world_;
  std::optional<Stage> stage_;
  Clock::time_point began_;
  std::optional<GivenTime> given_;
};

TEST_F(GivenTimeTest, TheTimeThatAnotherHadTheProcessorIsLeftOut) {
  Start(2);
  EXPECT_TRUE(Becomes([&] { return LeftOut() >= kSome; }));
}

// A shell, for example, whose server has ended, and that waits for the processor to end, too.
TEST_F(GivenTimeTest, TheWaitingTimeOfAnEndedThreadStaysLeftOut) {
  Start(2);
  Becomes([&] { return LeftOut() >= kSome; });
  stage_->EndAll();
  EXPECT_GE(LeftOut(), kSome);
}

TEST_F(GivenTimeTest, TimeThatAnInstanceRanCountsAlsoWhereItDelaysItself) {
  Start(1, "spin() { while :; do :; done; }; spin & spin & spin & spin");
  const Duration before = Ran();
  EXPECT_TRUE(Becomes([&] { return Ran() - before >= kSome; }));
  EXPECT_GE(given_->SoFar(), kSome);
}

TEST_F(GivenTimeTest, TheDelayOfTheProcessThatAsksIsLeftOut) {
  Start(1, "sleep 60");
  const auto late = [&] {
    return Clock::now() - began_ - given_->SoFar(Duration::zero()) >= kSome;
  };
  EXPECT_TRUE(Becomes(late));
}

TEST_F(GivenTimeTest, ABoundCountsTheGivenTime) {
  Start(2);
  constexpr auto kShort = 400ms;
  EXPECT_FALSE(stage_->WaitUntil([] { return false; }, kShort));
  EXPECT_GT(Clock::now() - began_, kShort + kShort / 4);
}

}  // namespace
}  // namespace pidfall
