#include "harness/report/sarif.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using Json = nlohmann::json;

const JsonHead kCheck{"0.1.0", "check", "full"};

Json RunOf(const std::vector<Result>& results, const JsonHead& head = kCheck) {
  const std::map<std::string, PageNote> notes = {{"stale/zero", {"a file says 0", "harm", "cure"}}};
  return Json::parse(SarifText(head, results, notes))["runs"][0];
}

void ExpectFields(const Json& json, std::initializer_list<const char*> fields) {
  for (const char* field : fields) EXPECT_TRUE(json.contains(field)) << field << " in " << json;
}

// Those that the schema of SARIF 2.1.0 and the upload of code hosts require.
TEST(Sarif, HasTheRequiredFields) {
  const std::vector<Result> results = {ResultOf("stale/zero", Verdict::kFail),
                                       ResultOf("stale/empty", Verdict::kBroken)};
  const Json log = Json::parse(SarifText(kCheck, results, {}));
  ExpectFields(log, {"$schema", "runs"});
  EXPECT_EQ(log["version"], "2.1.0");
  const Json& run = log["runs"][0];
  ExpectFields(run["tool"]["driver"], {"name", "version", "rules"});
  ExpectFields(run["tool"]["driver"]["rules"][0], {"id", "shortDescription"});
  ExpectFields(run["results"][0], {"ruleId", "message", "level", "locations", "ruleIndex"});
  ExpectFields(run["results"][0]["message"], {"text"});
  ExpectFields(run["invocations"][0], {"executionSuccessful"});
  ExpectFields(run["invocations"][0]["toolExecutionNotifications"][0], {"message", "level"});
}

TEST(Sarif, ABreachIsAnErrorAndAWeaknessAWarning) {
  const Json run =
      RunOf({ResultOf("stale/zero", Verdict::kFail, {.summary = "it stays down"}),
             ResultOf("stop/file-left", Verdict::kFail, {.severity = Severity::kWeakness}),
             ResultOf("stale/empty", Verdict::kPass)});
  ASSERT_EQ(run["results"].size(), 2U);
  EXPECT_EQ(run["results"][0]["level"], "error");
  EXPECT_EQ(run["results"][1]["level"], "warning");
  EXPECT_EQ(run["results"][0]["message"]["text"], "C5: it stays down");
  EXPECT_EQ(run["tool"]["driver"]["rules"][0]["help"]["text"], "cure");
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], true);
}

TEST(Sarif, TheTextOfAFindingIsItsStoryAndTheCommandThatShowsItAgain) {
  Result result = ResultOf("stale/zero", Verdict::kFail, {.summary = "it stays down"});
  result.evidence = {"did start A", "saw A ended"};
  const auto text = [&] { return RunOf({result})["results"][0]["message"]["text"]; };
  EXPECT_EQ(text(), "C5: it stays down\ndid start A\nsaw A ended");
  result.reproduce = "pidfall supervise";
  EXPECT_EQ(text(), "C5: it stays down\ndid start A\nsaw A ended\nagain: pidfall supervise");
}

TEST(Sarif, AnExpectedBreachIsNoFindingAndASurpriseIsOne) {
  const Json run =
      RunOf({ResultOf("stale/zero", Verdict::kFail, {.guard = "pidfile", .expected = "fail C5"}),
             ResultOf("stale/zero", Verdict::kPass,
                      {.guard = "port", .expected = "fail C5", .surprise = true})});
  ASSERT_EQ(run["results"].size(), 1U);
  EXPECT_EQ(run["results"][0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
            "port/stale/zero");
}

TEST(Sarif, OneRuleServesSeveralFindings) {
  const Json run = RunOf({ResultOf("a/b", Verdict::kFail), ResultOf("stale/zero", Verdict::kFail),
                          ResultOf("a/b", Verdict::kFail)});
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), 2U);
  EXPECT_EQ(run["results"][2]["ruleIndex"], 0);
}

TEST(Sarif, WhatTheBaselineKnowsIsSuppressed) {
  const Json run = RunOf({ResultOf("stale/zero", Verdict::kKnown)});
  EXPECT_EQ(run["results"][0]["suppressions"][0]["kind"], "external");
}

TEST(Sarif, WhatWasNotJudgedIsANotificationWithItsReason) {
  const Json run = RunOf({ResultOf("a/skip", Verdict::kSkip, {.summary = "no second uid"})});
  EXPECT_TRUE(run["results"].empty());
  const Json& notification = run["invocations"][0]["toolExecutionNotifications"][0];
  EXPECT_EQ(notification["message"]["text"], "a/skip skip: no second uid");
  EXPECT_EQ(notification["level"], "note");
}

// GitHub refuses a whole file for one result without it.
TEST(Sarif, EachFindingStandsAtAFile) {
  const Json run = RunOf({ResultOf("stale/zero", Verdict::kFail),
                          ResultOf("stale/empty", Verdict::kPass, {.surprise = true})});
  ASSERT_EQ(run["results"].size(), 2U);
  for (const Json& result : run["results"]) {
    const Json& place = result["locations"][0]["physicalLocation"];
    EXPECT_EQ(place["artifactLocation"]["uri"], "README.md");
    EXPECT_EQ(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    EXPECT_EQ(place["region"]["startLine"], 1);
  }
}

TEST(Sarif, AnyBytesStayValid) {
  Result result = ResultOf("stale/zero", Verdict::kFail, {.summary = "cut \xE2\x9D \x1b[2J"});
  result.reproduce = "\xff";
  EXPECT_EQ(RunOf({result})["results"].size(), 1U);
}

}  // namespace
}  // namespace pidfall
