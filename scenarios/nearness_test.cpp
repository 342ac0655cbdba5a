#include "scenarios/nearness.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

using testing::ElementsAre;

Result BreachOf(const std::string& scenario, BreachKinds kinds = breach_kind::kNone) {
  return {.scenario = scenario, .verdict = Verdict::kFail, .kinds = kinds};
}

std::vector<std::string> Told(std::vector<Result> results) {
  std::vector<std::string> names;
  for (const Result& result : NearestFirst(std::move(results))) names.push_back(result.scenario);
  return names;
}

TEST(NearnessTest, AnotherTimeZoneComesBeforeAMissingToolAClockAndAHeldStart) {
  EXPECT_THAT(Told({BreachOf("duplicate/during-start-up"), BreachOf("pid-reuse/btime-changed"),
                    BreachOf("surroundings/tool-missing-beside-owner"),
                    BreachOf("surroundings/other-time-zone")}),
              ElementsAre("surroundings/other-time-zone", "surroundings/tool-missing-beside-owner",
                          "pid-reuse/btime-changed", "duplicate/during-start-up"));
}

TEST(NearnessTest, AHangAtTheOwnersPortComesBeforeAnotherPortAndThatBeforeAnAttack) {
  EXPECT_THAT(
      Told({BreachOf("path/symlink"), BreachOf("duplicate/other-port"), BreachOf("path/fifo")}),
      ElementsAre("path/fifo", "duplicate/other-port", "path/symlink"));
}

TEST(NearnessTest, AStoppedOwnerComesAfterAnotherPortAndBeforeAFullTable) {
  EXPECT_THAT(Told({BreachOf("disk/no-descriptors"), BreachOf("duplicate/during-start-up"),
                    BreachOf("duplicate/owner-stopped"), BreachOf("duplicate/other-port")}),
              ElementsAre("duplicate/other-port", "duplicate/owner-stopped", "disk/no-descriptors",
                          "duplicate/during-start-up"));
}

TEST(NearnessTest, APlainRaceComesBeforeAllButThePlainSecondStart) {
  EXPECT_THAT(Told({BreachOf("stale/garbage"), BreachOf("surroundings/other-folder"),
                    BreachOf("duplicate/second-start"),
                    BreachOf("duplicate/eight-at-once", breach_kind::kPassedCheck)}),
              ElementsAre("duplicate/second-start", "duplicate/eight-at-once",
                          "surroundings/other-folder", "stale/garbage"));
}

TEST(NearnessTest, ALostLockComesBeforeTheStartsThatItLetsIn) {
  EXPECT_THAT(Told({BreachOf("duplicate/ten-in-a-row"), BreachOf("duplicate/second-start"),
                    BreachOf("later/lock-kept", breach_kind::kLostLock)}),
              ElementsAre("later/lock-kept", "duplicate/second-start", "duplicate/ten-in-a-row"));
}

TEST(NearnessTest, ACrashThatKeepsTheNextStartOutComesBeforeWhatElseLeavesTheSameMark) {
  EXPECT_THAT(Told({BreachOf("surroundings/file-size-limit"), BreachOf("kill9/zombie"),
                    BreachOf("kill9/restart")}),
              ElementsAre("kill9/restart", "surroundings/file-size-limit", "kill9/zombie"));
}

TEST(NearnessTest, AStrangersPidComesBeforeAZombieThatATrustedNumberAlsoNames) {
  EXPECT_THAT(Told({BreachOf("kill9/zombie"), BreachOf("pid-reuse/stranger")}),
              ElementsAre("pid-reuse/stranger", "kill9/zombie"));
}

TEST(NearnessTest, AStopThatWritesThroughASymlinkComesBeforeAHangAtAFifo) {
  EXPECT_THAT(
      Told({BreachOf("path/fifo"), BreachOf("path/symlink", breach_kind::kStopFollowsLink)}),
      ElementsAre("path/symlink", "path/fifo"));
}

TEST(NearnessTest, EveryBeginningIsThatOfAScenarioAndEveryScenarioHasOne) {
  for (const std::string_view beginning : Nearness()) {
    EXPECT_TRUE(std::ranges::any_of(Catalogue(), [&](const Scenario& scenario) {
      return scenario.id.starts_with(beginning);
    })) << beginning;
  }
  for (const Scenario& scenario : Catalogue()) {
    EXPECT_TRUE(std::ranges::any_of(Nearness(), [&](std::string_view beginning) {
      return scenario.id.starts_with(beginning);
    })) << scenario.id;
  }
}

}  // namespace
}  // namespace pidfall
