#include "harness/run/result.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

Result With(Verdict verdict, Severity severity = Severity::kBreach) {
  Result result;
  result.verdict = verdict;
  result.severity = severity;
  return result;
}

TEST(ResultTest, VerdictsHaveTheWordsOfTheJson) {
  EXPECT_STREQ(Name(Verdict::kPass), "pass");
  EXPECT_STREQ(Name(Verdict::kFail), "fail");
  EXPECT_STREQ(Name(Verdict::kSkip), "skip");
  EXPECT_STREQ(Name(Verdict::kNotApplicable), "n/a");
  EXPECT_STREQ(Name(Verdict::kKnown), "known");
  EXPECT_STREQ(Name(Verdict::kBroken), "broken");
  EXPECT_STREQ(Name(Severity::kBreach), "breach");
  EXPECT_STREQ(Name(Severity::kWeakness), "weakness");
}

TEST(ResultTest, CountsEveryVerdictOnce) {
  const Totals totals =
      Count({With(Verdict::kPass), With(Verdict::kFail), With(Verdict::kSkip),
             With(Verdict::kNotApplicable), With(Verdict::kBroken), With(Verdict::kPass)});
  EXPECT_EQ(totals.pass, 2);
  EXPECT_EQ(totals.fail, 1);
  EXPECT_EQ(totals.skip, 1);
  EXPECT_EQ(totals.not_applicable, 1);
  EXPECT_EQ(totals.broken, 1);
}

TEST(ResultTest, TellsBreachesFromWeaknessesAmongFailsOnly) {
  const Totals totals = Count({With(Verdict::kFail), With(Verdict::kFail, Severity::kWeakness),
                               With(Verdict::kFail, Severity::kWeakness), With(Verdict::kPass)});
  EXPECT_EQ(totals.breaches, 1);
  EXPECT_EQ(totals.weaknesses, 2);
}

TEST(ResultTest, AKnownFailIsCountedApartAndFailsNothing) {
  const Totals totals = Count({With(Verdict::kKnown)});
  EXPECT_EQ(totals.known, 1);
  EXPECT_EQ(totals.fail, 0);
  EXPECT_EQ(totals.breaches, 0);
  EXPECT_FALSE(IsFailure(With(Verdict::kKnown)));
}

TEST(ResultTest, CountsSurprisesOfEveryVerdict) {
  Result surprise = With(Verdict::kPass);
  surprise.surprise = true;
  EXPECT_EQ(Count({surprise, With(Verdict::kPass)}).surprises, 1);
}

TEST(ResultTest, AFailIsAFailureUnlessItWasExpected) {
  EXPECT_TRUE(IsFailure(With(Verdict::kFail)));
  EXPECT_FALSE(IsFailure(With(Verdict::kFail, Severity::kWeakness)));
  Result expected = With(Verdict::kFail);
  expected.expected = "fail C1";
  EXPECT_FALSE(IsFailure(expected));
  expected.surprise = true;
  EXPECT_TRUE(IsFailure(expected));
}

}  // namespace
}  // namespace pidfall
