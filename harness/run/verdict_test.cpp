#include "harness/run/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "harness/stage/expect.h"
#include "harness/stage/story_end.h"

namespace pidfall {
namespace {

using testing::ElementsAre;

Result Judged(const std::function<void()>& story) {
  std::string folder = testing::TempDir() + "pidfall-verdict-XXXXXX";
  World world;
  world.folder = mkdtemp(folder.data());
  Stage stage({.command = {"/bin/true"}}, world);
  std::filesystem::remove_all(folder);
  Prefer(stage, false, "C2", "of an earlier story");
  Result result{.clauses = {"C1", "C4"}};
  Put(VerdictOn(stage, story), &result);
  return result;
}

TEST(VerdictTest, AWeaknessOfAnEarlierStoryOnTheStageDoesNotCount) {
  EXPECT_EQ(Judged([] {}).verdict, Verdict::kPass);
}

TEST(VerdictTest, ABreachKeepsItsKindsAndItsWholeSummary) {
  const Result result =
      Judged([] { throw Breach("C4", std::string("it said a\0b", 11), breach_kind::kTwoServe); });
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.summary.size(), 11U);
  EXPECT_EQ(result.kinds, breach_kind::kTwoServe);
  EXPECT_THAT(result.clauses, ElementsAre("C4", "C1"));
}

TEST(VerdictTest, AnEndThatIsNoFailLeavesTheClausesInTheirOrder) {
  const Result result = Judged([] { throw NotApplicable("no pid file"); });
  EXPECT_EQ(result.verdict, Verdict::kNotApplicable);
  EXPECT_EQ(result.summary, "no pid file");
  EXPECT_THAT(result.clauses, ElementsAre("C1", "C4"));
}

}  // namespace
}  // namespace pidfall
