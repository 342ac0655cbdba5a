#include "harness/report/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using Json = nlohmann::json;

const JsonHead kRun{"0.1.0", "run", "full"};

TEST(JsonTest, ARunHasTheDocumentedFields) {
  Result result = ResultOf("stale/zero", Verdict::kFail,
                           {.guard = "pidfile", .expected = "fail C5", .summary = "signalled all"});
  result.server = "serve-task-manager";
  result.evidence = {"did A started"};
  result.duration_ms = 9.5;
  result.reproduce = "./pidfall run";
  EXPECT_EQ(Json::parse(JsonText(kRun, {result})), Json::parse(R"({
    "pidfall": "0.1.0", "command": "run", "sandbox": "full",
    "results": [{"scenario": "stale/zero", "family": "stale", "clauses": ["C5"],
                 "verdict": "fail", "severity": "breach", "summary": "signalled all",
                 "evidence": ["did A started"], "duration_ms": 9.5, "reproduce": "./pidfall run",
                 "server": "serve-task-manager", "guard": "pidfile", "expected": "fail C5"}],
    "totals": {"pass": 0, "fail": 1, "skip": 0, "n/a": 0, "known": 0, "broken": 0}})"));
}

TEST(JsonTest, OneTargetIsNamed) {
  JsonHead head{"0.1.0", "check", "plain", Target()};
  head.target->command = {"python3", "serve.py"};
  head.target->port = 8767;
  const Json json = Json::parse(JsonText(head, {ResultOf("stale/zero", Verdict::kPass)}));
  EXPECT_EQ(json["target"], Json::parse(R"({"command": ["python3", "serve.py"], "port": 8767,
                                            "pid_file": null})"));
  EXPECT_FALSE(json["results"][0].contains("guard"));
  EXPECT_FALSE(json["results"][0].contains("severity"));
}

TEST(JsonTest, TheProbingStartsFindingsStandInTheTarget) {
  const JsonHead head{"0.1.0", "check", "full", Target(), R"({"processes": 2})"};
  EXPECT_EQ(Json::parse(JsonText(head, {}))["target"]["found"]["processes"], 2);
}

TEST(JsonTest, ASimulationAddsItsFacts) {
  const SimulatedFacts facts{"by hand first", 2, {{10.5, 7, 1}, {20.5, 8, -9}}, std::nullopt, 0.1};
  const Json json =
      Json::parse(JsonText(kRun, {ResultOf("incident/x", Verdict::kPass)}, {facts}))["results"][0];
  EXPECT_EQ(json["variant"], "by hand first");
  EXPECT_EQ(json["starts"], 2);
  EXPECT_EQ(json["exits"], Json::parse(R"([{"at_s": 10.5, "pid": 7, "status": 1},
                                           {"at_s": 20.5, "pid": 8, "status": -9}])"));
  EXPECT_TRUE(json["gave_up"].is_null());
  EXPECT_EQ(json["served_after_s"], 0.1);
}

TEST(JsonTest, AStoryHasItsTimeline) {
  Result result = ResultOf("stale/zero", Verdict::kPass);
  result.evidence = {"did start A (pid 3)"};
  result.times = {.duration_s = 0.02,
                  .lanes = {{"A", {{"serves", 0.001, 0.01999}}, {{0.02, -9}}, {{0.019, "SIGKILL"}}},
                            {"B", {{"waits", 0.01, 0.02}}, {}, {}}},
                  .lines_s = {0.0005}};
  EXPECT_EQ(Json::parse(JsonText(kRun, {result}))["results"][0]["timeline"], Json::parse(R"({
    "duration_s": 0.02, "evidence_at_s": [0.0005], "lanes": [
      {"name": "A", "bars": [["serves", 0.001, 0.02]], "ends": [[0.02, -9]],
       "marks": [[0.019, "SIGKILL"]]},
      {"name": "B", "bars": [["waits", 0.01, 0.02]], "ends": []}]})"));
}

TEST(JsonTest, AnyBytesStayValid) {
  const Result result =
      ResultOf("stale/zero", Verdict::kFail, {.summary = "cut \xE2\x9D, NUL \x01, \"quoted\""});
  const Json json = Json::parse(JsonText(kRun, {result}));
  EXPECT_EQ(json["results"][0]["summary"], "cut \uFFFD, NUL \x01, \"quoted\"");
}

TEST(JsonTest, NoResultsIsAnEmptyList) {
  const Json json = Json::parse(JsonText(kRun, {}));
  EXPECT_TRUE(json["results"].is_array());
  EXPECT_TRUE(json["results"].empty());
}

}  // namespace
}  // namespace pidfall
