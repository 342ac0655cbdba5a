#include "harness/report/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;

Result OldExit() {
  Result result = ResultOf("ownership/old-exit", Verdict::kFail,
                           {.summary = "the old copy's exit removed the new owner's file"});
  result.clauses = {"C6", "C2"};
  result.evidence = {"did A started; SIGINT to A", "saw A: status 0\nserver.pid gone", "B serves"};
  result.reproduce = "pidfall check --scenario ownership/old-exit -- python3 serve.py";
  return result;
}

TEST(FindingsTest, KeptFoldersAreNamed) {
  Result kept = OldExit();
  kept.evidence.emplace_back("kept /tmp/pidfall-kept-1");
  EXPECT_EQ(KeptText({OldExit(), kept}), "kept /tmp/pidfall-kept-1  ownership/old-exit\n");
}

TEST(FindingsTest, ABreachHasDidSawHarmAgainAndFix) {
  EXPECT_EQ(
      FindingText(OldExit(), {.harm = "the next start is a second copy", .fix = "PATTERNS.md#own"},
                  Paint(false)),
      "FAIL  breach  C6  ownership/old-exit   "
      "the old copy's exit removed the new owner's file\n"
      "  did    A started; SIGINT to A\n"
      "  saw    A: status 0\n"
      "         server.pid gone\n"
      "         B serves\n"
      "  harm   the next start is a second copy\n"
      "  again  pidfall check --scenario ownership/old-exit -- python3 serve.py\n"
      "  fix    PATTERNS.md#own\n");
}

TEST(FindingsTest, ASurprisePassSaysWhatWasExpected) {
  Result result = ResultOf("stale/zero", Verdict::kPass,
                           {.guard = "pidfile", .expected = "fail C5", .surprise = true});
  result.reproduce = "./pidfall run --guard pidfile --scenario stale/zero";
  EXPECT_EQ(FindingText(result, {.harm = "harm", .fix = "fix"}, Paint(false)),
            "PASS  surprise  C5  pidfile  stale/zero\n"
            "  expect fail C5\n"
            "  again  ./pidfall run --guard pidfile --scenario stale/zero\n");
}

TEST(FindingsTest, APassThatWasAskedForIsNoSurprise) {
  EXPECT_EQ(FindingText(ResultOf("race/fresh", Verdict::kPass), {}, Paint(false)),
            "PASS  C5  race/fresh\n");
}

TEST(FindingsTest, AnExpectedFailSaysWhyItIsKnown) {
  const Result result = ResultOf("a/b", Verdict::kFail, {.guard = "none", .expected = "fail C5"});
  EXPECT_EQ(FindingText(result, {.known = "It never looks."}, Paint(false)),
            "FAIL  breach  C5  none  a/b\n  known  It never looks.\n");
}

TEST(FindingsTest, ALongStoryIsCutInItsMiddle) {
  Result result = ResultOf("a/b", Verdict::kFail);
  for (int i = 0; i < 16; ++i) result.evidence.push_back("did step " + std::to_string(i));
  const std::string cut = FindingText(result, {}, Paint(false), false);
  EXPECT_THAT(cut, HasSubstr("step 3\n  ...    2 more lines (-v)\n  did    step 6\n"));
  EXPECT_THAT(cut, HasSubstr("step 15\n"));
  EXPECT_THAT(FindingText(result, {}, Paint(false)), HasSubstr("step 4\n"));
  result.evidence.pop_back();  // the note about one hidden line would be as long as the line
  EXPECT_THAT(FindingText(result, {}, Paint(false), false), Not(HasSubstr("...")));
}

TEST(FindingsTest, ATargetsOutputCannotControlTheTerminal) {
  Result result = OldExit();
  result.evidence = {"saw \x1B]0;title\a"};
  EXPECT_THAT(FindingText(result, {}, Paint(false)), Not(HasSubstr("\x1B")));
}

TEST(FindingsTest, BreachesComeFirstAndExpectedFailsOnlyWhenVerbose) {
  const std::vector<Result> results = {
      ResultOf("a/broken", Verdict::kBroken, {.expected = "pass"}),
      ResultOf("a/expected", Verdict::kFail, {.expected = "fail C5"}),
      ResultOf("a/surprise", Verdict::kFail, {.expected = "pass", .surprise = true}),
      ResultOf("a/pass", Verdict::kPass, {.expected = "pass"}),
  };
  const auto shown = Findings(results, false);
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0]->scenario, "a/surprise");
  EXPECT_EQ(shown[1]->scenario, "a/broken");
  EXPECT_EQ(Findings(results, true).size(), 3U);
}

TEST(FindingsTest, WithNothingExpectedWeaknessesWaitForVerbose) {
  const std::vector<Result> results = {
      ResultOf("a/weakness", Verdict::kFail, {.severity = Severity::kWeakness}),
      ResultOf("a/breach", Verdict::kFail),
  };
  EXPECT_EQ(Findings(results, false).size(), 1U);
  ASSERT_EQ(Findings(results, true).size(), 2U);
  EXPECT_EQ(Findings(results, true)[0]->scenario, "a/breach");
}

TEST(FindingsTest, KnownFailuresAreShownLastAndOnlyWhenVerbose) {
  const std::vector<Result> results = {ResultOf("a/known", Verdict::kKnown),
                                       ResultOf("a/broken", Verdict::kBroken)};
  EXPECT_EQ(Findings(results, false).size(), 1U);
  ASSERT_EQ(Findings(results, true).size(), 2U);
  EXPECT_EQ(Findings(results, true)[1]->scenario, "a/known");
  EXPECT_EQ(FindingText(results[0], {}, Paint(false)), "KNOWN breach  C5  a/known\n");
}

TEST(FindingsTest, SkipsAreGroupedByReason) {
  const std::vector<Result> results = {
      ResultOf("permission/other-user", Verdict::kSkip, {.summary = "no second uid"}),
      ResultOf("pid-reuse/btime", Verdict::kSkip, {.summary = "plain sandbox"}),
      ResultOf("permission/file", Verdict::kSkip, {.summary = "no second uid"}),
      ResultOf("permission/file", Verdict::kSkip, {.summary = "no second uid"}),
  };
  EXPECT_EQ(ReasonsText(results, Verdict::kSkip),
            "skipped: no second uid\n  permission/other-user permission/file\n"
            "skipped: plain sandbox\n  pid-reuse/btime\n");
  EXPECT_EQ(ReasonsText({}, Verdict::kSkip), "");
}

TEST(FindingsTest, WhyNotApplicableIsToldApartFromSkips) {
  const std::vector<Result> results = {
      ResultOf("stale/gone", Verdict::kNotApplicable, {.summary = "the target has no pid file"}),
      ResultOf("stale/bare", Verdict::kNotApplicable, {.summary = "the target has no pid file"}),
      ResultOf("permission/file", Verdict::kSkip, {.summary = "no second uid"}),
  };
  EXPECT_EQ(ReasonsText(results, Verdict::kNotApplicable),
            "n/a: the target has no pid file\n  stale/gone stale/bare\n");
}

}  // namespace
}  // namespace pidfall
