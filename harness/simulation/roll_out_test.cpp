#include "harness/simulation/roll_out.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "harness/simulation/model_jobs.h"
#include "harness/simulation/simulation.h"
#include "harness/supervisor/launchd.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kOld = 0;
constexpr std::size_t kNew = 1;
constexpr RollOutRules kStartFirst = {};
constexpr RollOutRules kStandbyReady = {.standby_ready = true};
constexpr RollOutRules kStopFirst = {.start_first = false};

struct StepCase {
  RollOutSight sight;
  RollOutStep start_first;
  RollOutStep standby_ready;
  RollOutStep stop_first;
};

TEST(RollOut, NextStepIsDecidedByReadinessAndOrder) {
  using S = RollOutStep;
  const StepCase cases[] = {
      {{true, false, Phase::kServes, Phase::kDown}, S::kStartNew, S::kStartNew, S::kStopOld},
      {{true, true, Phase::kServes, Phase::kStarting}, S::kWait, S::kWait, S::kStopOld},
      {{true, true, Phase::kServes, Phase::kThrottled}, S::kWait, S::kWait, S::kStopOld},
      {{true, true, Phase::kServes, Phase::kWaits}, S::kWait, S::kStopOld, S::kStopOld},
      {{true, true, Phase::kDown, Phase::kServes}, S::kStopOld, S::kStopOld, S::kStopOld},
      {{false, false, Phase::kServes, Phase::kDown}, S::kStartNew, S::kStartNew, S::kWait},
      {{false, false, Phase::kDown, Phase::kDown}, S::kStartNew, S::kStartNew, S::kStartNew},
      {{false, true, Phase::kServes, Phase::kWaits}, S::kWait, S::kWait, S::kWait},
      {{false, true, Phase::kDown, Phase::kStarting}, S::kWait, S::kWait, S::kWait},
      {{false, true, Phase::kDown, Phase::kServes}, S::kDone, S::kDone, S::kDone}};
  for (const StepCase& one : cases) {
    const auto row = &one - cases;
    EXPECT_EQ(NextStep(kStartFirst, one.sight), one.start_first) << row;
    EXPECT_EQ(NextStep(kStandbyReady, one.sight), one.standby_ready) << row;
    EXPECT_EQ(NextStep(kStopFirst, one.sight), one.stop_first) << row;
  }
}

TEST(RollOut, StartFirstEndsOnlyWhereStandingByCountsAsReady) {
  EXPECT_FALSE(PredictRollOut(kStartFirst, AsDuplicate::kEnds).ends);
  EXPECT_FALSE(PredictRollOut(kStartFirst, AsDuplicate::kStandsBy).ends) << "the deadlock";
  EXPECT_FALSE(PredictRollOut(kStandbyReady, AsDuplicate::kEnds).ends);
  const RollOutPrediction handed_over = PredictRollOut(kStandbyReady, AsDuplicate::kStandsBy);
  EXPECT_TRUE(handed_over.ends);
  EXPECT_FALSE(handed_over.gap);
}

TEST(RollOut, StopFirstAlwaysEndsAndLeavesAGap) {
  for (const AsDuplicate any : {AsDuplicate::kEnds, AsDuplicate::kStandsBy}) {
    EXPECT_TRUE(PredictRollOut(kStopFirst, any).ends);
    EXPECT_TRUE(PredictRollOut(kStopFirst, any).gap);
  }
}

TEST(RollOut, DescribesItsOrderAndItsProbe) {
  EXPECT_EQ(Describe(kStandbyReady), "start-first, ready when it serves or stands by");
  EXPECT_EQ(Describe(kStopFirst), "stop-first, ready when it serves");
}

TEST(RollOut, IsLookedUpByName) {
  EXPECT_TRUE(LookUpRollOut("start-first")->start_first);
  EXPECT_FALSE(LookUpRollOut("start-first")->standby_ready);
  EXPECT_TRUE(LookUpRollOut("start-first:standby-ready")->standby_ready);
  EXPECT_FALSE(LookUpRollOut("stop-first")->start_first);
  EXPECT_FALSE(LookUpRollOut("start-last"));
  EXPECT_EQ(RollOutNames().size(), 3U);
}

TEST(RollOut, TableSaysWhichOnesEnd) {
  EXPECT_EQ(
      RollOutTable(),
      "roll-out                   a duplicate ends                            it stands by\n"
      "start-first                never ends, the old copy serves on          never ends, the "
      "old copy serves on\n"
      "start-first:standby-ready  never ends, the old copy serves on          ends\n"
      "stop-first                 ends, with a gap as long as the new start   ends, with a "
      "gap as long as the new start\n");
}

SimulationLog RollOut(const RollOutRules& rules, const ModelServer& server) {
  ModelJobs jobs({2, server});
  return Simulate(SuperviseRollOut(rules, MakeLaunchdPolicy({.keep_alive = true}), 10min), jobs);
}

bool NotedAsEndless(const SimulationLog& log) {
  return log.notes == std::vector<std::string>{"the roll-out did not end"};
}

TEST(RollOutSimulation, ACopyThatStandsByIsWaitedForForEver) {
  const SimulationLog log = RollOut(kStartFirst, {.on_owner = OnOwner::kWait});
  EXPECT_TRUE(NotedAsEndless(log));
  EXPECT_TRUE(log.actors[kOld].exits.empty());
  EXPECT_EQ(log.actors[kNew].starts.size(), 1U);
  EXPECT_TRUE(ServesAt(log.actors[kOld], 9min));
  EXPECT_FALSE(ServesAt(log.actors[kNew], 9min));
}

TEST(RollOutSimulation, ACopyThatEndsIsStartedAgainForEver) {
  const SimulationLog log = RollOut(kStartFirst, {.on_owner = OnOwner::kExit});
  EXPECT_TRUE(NotedAsEndless(log));
  EXPECT_TRUE(log.actors[kOld].exits.empty());
  EXPECT_EQ(log.actors[kNew].starts.size(), 54U) << "from 1 min on, every 10 s";
}

TEST(RollOutSimulation, StandingByAsReadyHandsOverAtOnce) {
  const SimulationLog log = RollOut(kStandbyReady, {.on_owner = OnOwner::kWait});
  EXPECT_FALSE(NotedAsEndless(log));
  ASSERT_EQ(log.actors[kOld].exits.size(), 1U);
  EXPECT_LT(log.actors[kOld].exits[0].at, 1min + 1s);
  EXPECT_TRUE(ServesAt(log.actors[kNew], 9min));
  EXPECT_EQ(MostOwners(log), 1);
  EXPECT_EQ(ServedAfter(log), 5ms) << "its start-up, from the lock on";
}

TEST(RollOutSimulation, StopFirstStartsTheNewOneWhenTheOldOneHasEnded) {
  const SimulationLog log = RollOut(kStopFirst, {.on_owner = OnOwner::kExit});
  EXPECT_FALSE(NotedAsEndless(log));
  ASSERT_EQ(log.actors[kOld].exits.size(), 1U);
  ASSERT_EQ(log.actors[kNew].starts.size(), 1U);
  EXPECT_GE(log.actors[kNew].starts[0].at, log.actors[kOld].exits[0].at);
  EXPECT_EQ(MostOwners(log), 1);
}

}  // namespace
}  // namespace pidfall
