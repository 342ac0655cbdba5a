#include "harness/report/junit.h"

#include <expat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;

bool IsWellFormed(const std::string& xml) {
  XML_Parser parser = XML_ParserCreate(nullptr);
  const auto status = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1);
  XML_ParserFree(parser);
  return status == XML_STATUS_OK;
}

TEST(JunitTest, ASuitePerStrategyCountsItsCases) {
  const std::string xml = JunitText(
      "run", {ResultOf("stale/zero", Verdict::kPass, {.guard = "none", .expected = "pass"}),
              ResultOf("stale/zero", Verdict::kPass,
                       {.guard = "port", .expected = "fail C5", .surprise = true}),
              ResultOf("stale/empty", Verdict::kBroken, {.guard = "port", .expected = "pass"})});
  EXPECT_TRUE(IsWellFormed(xml)) << xml;
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"pidfall run none\" tests=\"1\" failures=\"0\" "
                             "errors=\"0\" skipped=\"0\" time=\"0.000\">"));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"pidfall run port\" tests=\"2\" failures=\"1\" "
                             "errors=\"1\" skipped=\"0\" time=\"0.000\">"));
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"port.stale\" name=\"stale/zero\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"pass, expected fail C5: \">"));
}

TEST(JunitTest, AResultThatCouldNotBeJudgedIsSkippedWithItsReason) {
  const std::string xml =
      JunitText("check", {ResultOf("a/skip", Verdict::kSkip, {.summary = "no second uid"}),
                          ResultOf("a/na", Verdict::kNotApplicable, {.summary = "no pid file"})});
  EXPECT_TRUE(IsWellFormed(xml)) << xml;
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"no second uid\"/>"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"n/a: no pid file\"/>"));
  EXPECT_THAT(xml, HasSubstr("skipped=\"2\""));
}

TEST(JunitTest, AnExpectedFailPassesWithItsStoryAsOutput) {
  const std::string xml = JunitText(
      "run", {ResultOf("stale/zero", Verdict::kFail,
                       {.guard = "pidfile", .expected = "fail C5", .summary = "signalled all"})});
  EXPECT_THAT(xml, Not(HasSubstr("<failure")));
  EXPECT_THAT(xml, HasSubstr("<system-out>FAIL  breach  C5  pidfile  stale/zero"));
}

TEST(JunitTest, WithNothingExpectedABreachFailsAndAWeaknessDoesNot) {
  EXPECT_THAT(JunitText("check", {ResultOf("a/b", Verdict::kFail)}), HasSubstr("<failure"));
  EXPECT_THAT(
      JunitText("check", {ResultOf("a/w", Verdict::kFail, {.severity = Severity::kWeakness})}),
      Not(HasSubstr("<failure")));
}

TEST(JunitTest, AnyBytesStayWellFormed) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  Result result = ResultOf("a/b", Verdict::kFail, {.summary = bytes + "]]> <a> & \"q\" 'q'"});
  result.evidence = {bytes};
  result.reproduce = bytes;
  EXPECT_TRUE(IsWellFormed(JunitText("check", {result})));
  result.verdict = Verdict::kSkip;
  EXPECT_TRUE(IsWellFormed(JunitText("check", {result})));
}

TEST(JunitTest, NoResultsIsWellFormed) { EXPECT_TRUE(IsWellFormed(JunitText("run", {}))); }

}  // namespace
}  // namespace pidfall
