#include "harness/report/summary.h"

#include <gtest/gtest.h>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

const Result kPass = ResultOf("a/pass", Verdict::kPass, {.expected = "pass"});
const Result kFail = ResultOf("a/fail", Verdict::kFail, {.expected = "fail C5"});
const Result kNotApplicable = ResultOf("a/na", Verdict::kNotApplicable, {.expected = "n/a"});
const Result kSkip = ResultOf("a/skip", Verdict::kSkip, {.expected = "pass"});
const Result kBroken = ResultOf("a/broken", Verdict::kBroken, {.expected = "pass"});
const Result kSurprise =
    ResultOf("a/surprise", Verdict::kPass, {.expected = "fail C5", .surprise = true});

TEST(SummaryTest, ExpectedFailsAreAsTheyShouldBe) {
  EXPECT_EQ(RunSummary({kPass, kFail, kNotApplicable}, 31'000, false),
            "OK: 3 verdicts, 2 as expected, 1 n/a, 0 surprises, 0 skipped   31 s");
}

TEST(SummaryTest, ASurpriseFails) {
  EXPECT_EQ(RunSummary({kPass, kSurprise, kSkip, kBroken}, 900, false),
            "FAILED: 4 verdicts, 1 as expected, 0 n/a, 1 surprise, 1 skipped, 1 broken   900 ms");
}

TEST(SummaryTest, ASurprisingNotApplicableIsCountedOnce) {
  Result result = kNotApplicable;
  result.surprise = true;
  EXPECT_EQ(RunSummary({result, kPass}, 0, false),
            "FAILED: 2 verdicts, 1 as expected, 0 n/a, 1 surprise, 0 skipped   0 ms");
}

TEST(SummaryTest, SkippedOnlyIsNotOk) {
  EXPECT_EQ(RunSummary({kSkip}, 0, false),
            "NOTHING JUDGED: 1 verdict, 0 as expected, 0 n/a, 0 surprises, 1 skipped   0 ms");
}

TEST(SummaryTest, BrokenAndInterruptedComeFirst) {
  EXPECT_TRUE(RunSummary({kBroken, kPass}, 0, false).starts_with("BROKEN: "));
  EXPECT_TRUE(RunSummary({kSurprise}, 0, true).starts_with("INTERRUPTED: "));
}

TEST(SummaryTest, CheckCountsBreachesAndWeaknesses) {
  const Result weakness = ResultOf("a/weakness", Verdict::kFail, {.severity = Severity::kWeakness});
  EXPECT_EQ(CheckSummary({kPass, kFail, weakness, weakness, kNotApplicable},
                         {.elapsed_ms = 3'800, .verbose = true}),
            "1 pass, 1 breach, 2 weaknesses, 1 n/a, 0 skip, 0 broken   3.8 s");
}

TEST(SummaryTest, CheckNamesTheResultsThatVerboseWouldShow) {
  const Result weakness = ResultOf("a/weakness", Verdict::kFail, {.severity = Severity::kWeakness});
  EXPECT_EQ(CheckSummary({kPass, weakness, kNotApplicable}, {.elapsed_ms = 3'800}),
            "1 pass, 0 breaches, 1 weakness, 1 n/a, 0 skip, 0 broken   3.8 s   "
            "(-v: the weaknesses, why n/a)");
  EXPECT_EQ(CheckSummary({kPass}, {.elapsed_ms = 3'800}),
            "1 pass, 0 breaches, 0 weaknesses, 0 n/a, 0 skip, 0 broken   3.8 s");
}

TEST(SummaryTest, CheckCountsTheFailuresThatTheBaselineAccepts) {
  EXPECT_EQ(CheckSummary({kPass, ResultOf("a/known", Verdict::kKnown)}, {.elapsed_ms = 3'800}),
            "1 pass, 0 breaches, 0 weaknesses, 1 known, 0 n/a, 0 skip, 0 broken   3.8 s   "
            "(-v: the known failures)");
}

}  // namespace
}  // namespace pidfall
