#include "harness/incident/supervise_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/input/bad_input.h"
#include "harness/simulation/model_jobs.h"

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SuperviseRequestTest, ACommandIsOneActorAndARollOutHasTwo) {
  EXPECT_EQ(SuperviseRequest("runit", {"web"}, std::chrono::minutes(1)).actors.size(), 1U);
  const auto both = SuperviseRequest("start-first", {"web"}, std::chrono::minutes(1));
  ASSERT_EQ(both.actors.size(), 2U);
  EXPECT_THAT(both.actors[1].start.command, ElementsAre("web"));
  EXPECT_TRUE(both.plan.roll_out.has_value());
}

TEST(SuperviseRequestTest, WithoutACommandThereIsNothingToSupervise) {
  try {
    SuperviseRequest("runit", {}, std::chrono::minutes(1));
    FAIL() << "it was accepted";
  } catch (const BadInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("nothing to supervise: --policy runit"));
  }
}

TEST(SuperviseResultTest, ASimulationThatWasCutShortIsBroken) {
  const Result result = SuperviseResult({.cut_short = "too many starts"});
  EXPECT_EQ(result.verdict, Verdict::kBroken);
  EXPECT_EQ(result.summary, "too many starts");
}

TEST(SuperviseResultTest, AServerThatStaysPasses) {
  const auto request = SuperviseRequest("runit", {"web"}, std::chrono::minutes(1));
  ModelJobs jobs(std::vector<ModelServer>(1));
  EXPECT_EQ(SuperviseResult(Simulate(request.plan, jobs)).verdict, Verdict::kPass);
}

}  // namespace
}  // namespace pidfall
