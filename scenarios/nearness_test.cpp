#include "scenarios/nearness.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

using testing::ElementsAre;

Result Breach(const std::string& scenario, const std::string& summary = "B serves") {
  return {.scenario = scenario, .verdict = Verdict::kFail, .summary = summary};
}

std::vector<std::string> Told(std::vector<Result> results) {
  std::vector<std::string> names;
  for (const Result& result : NearestFirst(std::move(results))) names.push_back(result.scenario);
  return names;
}

TEST(NearnessTest, AnotherTimeZoneComesBeforeAMissingToolAClockAndAHeldStart) {
  EXPECT_THAT(
      Told({Breach("duplicate/during-start-up", "B came while A started"),
            Breach("pid-reuse/btime-changed"), Breach("surroundings/tool-missing-beside-owner"),
            Breach("surroundings/other-time-zone")}),
      ElementsAre("surroundings/other-time-zone", "surroundings/tool-missing-beside-owner",
                  "pid-reuse/btime-changed", "duplicate/during-start-up"));
}

TEST(NearnessTest, AHangAtTheOwnersPortComesBeforeAnotherPortAndThatBeforeAnAttack) {
  EXPECT_THAT(Told({Breach("path/symlink", "the start wrote through a symlink"),
                    Breach("duplicate/other-port"), Breach("path/fifo", "a start hangs")}),
              ElementsAre("path/fifo", "duplicate/other-port", "path/symlink"));
}

TEST(NearnessTest, APlainRaceComesBeforeAllButThePlainSecondStart) {
  EXPECT_THAT(
      Told({Breach("stale/garbage"), Breach("surroundings/other-folder"),
            Breach("duplicate/second-start"),
            Breach("duplicate/eight-at-once", "several passed the check before one of them")}),
      ElementsAre("duplicate/second-start", "duplicate/eight-at-once", "surroundings/other-folder",
                  "stale/garbage"));
}

TEST(NearnessTest, ALostLockComesBeforeTheStartsThatItLetsIn) {
  EXPECT_THAT(Told({Breach("duplicate/ten-in-a-row"), Breach("duplicate/second-start"),
                    Breach("later/lock-kept", "the owner A no longer holds its flock lock")}),
              ElementsAre("duplicate/second-start", "later/lock-kept", "duplicate/ten-in-a-row"));
}

TEST(NearnessTest, AStopThatWritesThroughASymlinkComesBeforeAHangAtAFifo) {
  EXPECT_THAT(Told({Breach("path/fifo", "a start hangs"),
                    Breach("path/symlink", "the stop wrote through a symlink")}),
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
