#include "harness/report/story_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Result Told(const std::string& scenario, Verdict verdict, double second_from = 0.01) {
  Result result = ResultOf(scenario, verdict, {.summary = "B serves beside <A>"});
  result.times = {
      .duration_s = 0.03,
      .lanes = {{"A",
                 {{"starting", 0, 0.002}, {"serves", 0.002, 0.02}, {"guard", 0.003, 0.02}},
                 {{0.02, -9}},
                 {{0.0199, "SIGKILL"}}},
                {"B", {{"serves", second_from, 0.03}}, {}, {}},
                {"faults", {}, {}, {{0.005, "write 99999 to the pid file"}}}}};
  return result;
}

std::string Drawn(const Result& result) {
  const StoryChart chart(result);
  return PictureText({.title = chart.title()}, {chart.chart()});
}

TEST(StoryChartTest, ThePictureNamesTheScenarioAndWhatBroke) {
  EXPECT_THAT(Drawn(Told("stale/zero", Verdict::kFail)),
              AllOf(HasSubstr("stale/zero: breach of C5"), HasSubstr("B serves beside &lt;A&gt;")));
}

TEST(StoryChartTest, TheAxisIsInMilliseconds) {
  EXPECT_THAT(Drawn(Told("stale/zero", Verdict::kFail)),
              AllOf(HasSubstr(">10ms</text>"), Not(HasSubstr(">1s</text>"))));
}

TEST(StoryChartTest, SignalsFaultsAndTheGuardAreDrawn) {
  EXPECT_THAT(Drawn(Told("stale/zero", Verdict::kFail)),
              AllOf(HasSubstr(">SIGKILL at 20 ms</text>"), HasSubstr("write 99999 to the pid file"),
                    HasSubstr("holds the guard")));
}

TEST(StoryChartTest, TwoOwnersAreMarkedWhereAPromiseBroke) {
  EXPECT_THAT(Drawn(Told("stale/zero", Verdict::kFail)), HasSubstr("two owners"));
  EXPECT_THAT(Drawn(Told("stale/zero", Verdict::kFail, 0.025)), Not(HasSubstr("two owners")));
}

TEST(StoryChartTest, TheFirstBreachIsDrawnBeforeAWeaknessAndAPass) {
  std::vector<Result> results = {Told("stale/one", Verdict::kPass),
                                 Told("stale/two", Verdict::kFail),
                                 Told("stale/three", Verdict::kFail)};
  results[1].severity = Severity::kWeakness;
  EXPECT_EQ(ResultToDraw(results)->scenario, "stale/three");
  results.pop_back();
  EXPECT_EQ(ResultToDraw(results)->scenario, "stale/two");
  results.pop_back();
  EXPECT_EQ(ResultToDraw(results)->scenario, "stale/one");
}

TEST(StoryChartTest, WithoutTimesNothingIsDrawn) {
  EXPECT_EQ(ResultToDraw({ResultOf("stale/zero", Verdict::kFail)}), nullptr);
}

}  // namespace
}  // namespace pidfall
