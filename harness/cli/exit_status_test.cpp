#include "harness/cli/exit_status.h"

#include <gtest/gtest.h>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

const Result kPass = ResultOf("a/b", Verdict::kPass);
const Result kFail = ResultOf("a/b", Verdict::kFail);
const Result kWeakness = ResultOf("a/b", Verdict::kFail, {.severity = Severity::kWeakness});
const Result kExpectedFail = ResultOf("a/b", Verdict::kFail, {.expected = "fail C5"});
const Result kSurprise = ResultOf("a/b", Verdict::kPass, {.expected = "fail C5", .surprise = true});
const Result kSkip = ResultOf("a/b", Verdict::kSkip);
const Result kNotApplicable = ResultOf("a/b", Verdict::kNotApplicable);
const Result kBroken = ResultOf("a/b", Verdict::kBroken);

TEST(ExitStatusTest, PassesWeaknessesAndExpectedFailsAreAsTheyShouldBe) {
  EXPECT_EQ(ExitStatusOf({kPass, kWeakness, kExpectedFail, kSkip, kNotApplicable}, {}), 0);
  EXPECT_EQ(ExitStatusOf({kExpectedFail}, {}), 0);  // a fail was judged as well
}

TEST(ExitStatusTest, ABreachOrASurprisePassIsStatusOne) {
  EXPECT_EQ(ExitStatusOf({kPass, kFail}, {}), 1);
  EXPECT_EQ(ExitStatusOf({kPass, kSurprise}, {}), 1);
}

TEST(ExitStatusTest, BrokenIsThreeUnlessABreachIsWorse) {
  EXPECT_EQ(ExitStatusOf({kPass, kBroken}, {}), 3);
  EXPECT_EQ(ExitStatusOf({kFail, kBroken}, {}), 1);
}

TEST(ExitStatusTest, NoSkipTurnsASkipIntoThree) {
  EXPECT_EQ(ExitStatusOf({kPass, kSkip}, {.no_skip = true}), 3);
  EXPECT_EQ(ExitStatusOf({kSkip}, {.no_skip = true}), 3);
  EXPECT_EQ(ExitStatusOf({kPass, kNotApplicable}, {.no_skip = true}), 0);
}

TEST(ExitStatusTest, NothingJudgedIs77) {
  EXPECT_EQ(ExitStatusOf({kSkip, kNotApplicable}, {}), 77);
  EXPECT_EQ(ExitStatusOf({}, {}), 77);
}

TEST(ExitStatusTest, AKnownFailIsAsItShouldBeAndWasJudged) {
  EXPECT_EQ(ExitStatusOf({ResultOf("a/b", Verdict::kKnown)}, {.no_skip = true}), 0);
}

TEST(ExitStatusTest, InterruptedIs130WithAnyResults) {
  EXPECT_EQ(ExitStatusOf({kFail}, {.interrupted = true}), 130);
}

}  // namespace
}  // namespace pidfall
