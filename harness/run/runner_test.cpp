#include "harness/run/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "harness/stage/expect.h"
#include "harness/stage/stage.h"
#include "harness/stage/story_end.h"

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Target kTarget{.command = {"/bin/true"}, .pid_file = "{pid_file}"};

Scenario Running(void (*run)(Stage&)) {
  return {.id = "sample/one", .clauses = "C1 C4", .story = "", .harm = "", .run = run};
}

Result ResultOf(const Scenario& scenario, const Target& target = kTarget) {
  return RunCases({{.scenario = &scenario, .target = target}}, {.jobs = 1}, [](const Result&) {})
      .at(0);
}

TEST(RunnerTest, AStoryThatReturnsIsAPassWithItsEvidence) {
  const Result result =
      ResultOf(Running([](Stage& stage) { stage.evidence().Saw("nothing odd"); }));
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_EQ(result.scenario, "sample/one");
  EXPECT_EQ(result.family, "sample");
  EXPECT_THAT(result.clauses, ElementsAre("C1", "C4"));
  EXPECT_THAT(result.evidence, ElementsAre("saw nothing odd"));
  EXPECT_GT(result.duration_ms, 0);
}

TEST(RunnerTest, ABreachKeepsItsKindsWithAReasonBeforeIt) {
  const Result result = ResultOf(Running([](Stage&) {
    throw Breach("C1", "both serve", breach_kind::kTwoServe)
        .DueTo("all passed the check", breach_kind::kPassedCheck);
  }));
  EXPECT_EQ(result.summary, "all passed the check: both serve");
  EXPECT_EQ(result.kinds, breach_kind::kTwoServe | breach_kind::kPassedCheck);
}

TEST(RunnerTest, TheClauseOfABreachComesFirst) {
  const Result result = ResultOf(Running([](Stage&) { throw Breach("C4", "two owners"); }));
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.severity, Severity::kBreach);
  EXPECT_EQ(result.summary, "two owners");
  EXPECT_THAT(result.clauses, ElementsAre("C4", "C1"));
}

TEST(RunnerTest, ASummaryWithANulIsKeptWhole) {
  const Result result =
      ResultOf(Running([](Stage&) { throw Breach("C4", std::string("it said a\0b", 11)); }));
  EXPECT_EQ(result.summary.size(), 11U);
}

TEST(RunnerTest, AWeaknessIsAFailOfItsOwnSeverity) {
  const Result result =
      ResultOf(Running([](Stage& stage) { Prefer(stage, false, "C4", "a file is left"); }));
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.severity, Severity::kWeakness);
  EXPECT_EQ(result.summary, "a file is left");
}

TEST(RunnerTest, EachEarlyEndHasItsOwnVerdict) {
  EXPECT_EQ(ResultOf(Running([](Stage&) { throw Skip("no disk"); })).verdict, Verdict::kSkip);
  EXPECT_EQ(ResultOf(Running([](Stage&) { throw NotApplicable("no file"); })).verdict,
            Verdict::kNotApplicable);
  const Result broken = ResultOf(Running([](Stage&) { throw Broken("it never served"); }));
  EXPECT_EQ(broken.verdict, Verdict::kBroken);
  EXPECT_EQ(broken.summary, "it never served");
}

TEST(RunnerTest, AProcessThatEndsWithoutAVerdictIsBroken) {
  const Result result = ResultOf(Running([](Stage&) { _exit(0); }));
  EXPECT_EQ(result.verdict, Verdict::kBroken);
  EXPECT_EQ(result.summary, "its own process ended before it had told a result");
}

TEST(RunnerTest, ATargetThatSignalsAllOfItsWorldIsABreach) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const Result result = ResultOf(Running([](Stage& stage) {
    stage.Start({.command = {"/bin/sh", "-c", "kill -KILL -1"}});
    stage.WaitUntil([] { return false; }, Stage::kSettleBound);
  }));
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.severity, Severity::kBreach);
  EXPECT_EQ(result.clauses.front(), "C5");
  EXPECT_THAT(result.summary, HasSubstr("SIGKILL to every process"));
}

TEST(RunnerTest, ACrashOfTheStorysOwnProcessIsBroken) {
  const Result result = ResultOf(Running([](Stage&) { raise(SIGSEGV); }));
  EXPECT_EQ(result.verdict, Verdict::kBroken);
}

TEST(RunnerTest, AStoryOfAPartThatTheTargetLacksDoesNotRun) {
  Scenario scenario = Running([](Stage&) { throw Breach("C1", "it ran"); });
  scenario.parts = part::kPort;
  const Result result = ResultOf(scenario);
  EXPECT_EQ(result.verdict, Verdict::kNotApplicable);
  EXPECT_NE(result.summary, "");
}

TEST(RunnerTest, ACaseThatTheTimeDoesNotReachIsASkipWithItsReason) {
  const Scenario scenario = Running([](Stage&) { throw Breach("C1", "it ran"); });
  const auto results =
      RunCases({{.scenario = &scenario, .target = kTarget}},
               {.jobs = 1, .until = std::chrono::steady_clock::now()}, [](const Result&) {});
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].verdict, Verdict::kSkip);
  EXPECT_EQ(results[0].summary, "not judged: the time that --time allows was over");
}

TEST(RunnerTest, ResultsStandInTheOrderOfTheCases) {
  const Scenario slow = Running([](Stage& stage) {
    stage.Start({.command = {"/bin/sh", "-c", "exit 0"}});
    stage.evidence().Saw("slow");
  });
  const Scenario quick = Running([](Stage& stage) { stage.evidence().Saw("quick"); });
  int told = 0;
  const auto results = RunCases({{.scenario = &slow, .target = kTarget, .guard = "first"},
                                 {.scenario = &quick, .target = kTarget, .guard = "second"}},
                                {.jobs = 2}, [&](const Result&) { ++told; });
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].guard, "first");
  EXPECT_EQ(results[1].guard, "second");
  EXPECT_EQ(told, 2);
}

// The file that a story wrote, in the folder that its evidence names.
std::string KeptText(const Target& target, const std::string& place) {
  const Scenario scenario = Running([](Stage& stage) {
    WriteFile(stage.pid_file(), "31");
    WriteFile("/pidfall-runner-test", "elsewhere");
  });
  const Result result = RunCases({{.scenario = &scenario, .target = target}},
                                 {.jobs = 1, .keep = true}, [](const Result&) {})
                            .at(0);
  const std::string kept = result.evidence.back().substr(std::string("kept ").size());
  std::string text = ReadOrEmpty(kept + place);
  std::filesystem::remove_all(kept);
  return text;
}

TEST(RunnerTest, KeptFilesAreInTheFolderThatIsNamed) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  Target target = kTarget;
  target.as_deployed = true;
  EXPECT_EQ(KeptText(target, "/stage/run/server.pid"), "31");
  EXPECT_EQ(KeptText(target, "/machine/pidfall-runner-test"), "elsewhere");
}

}  // namespace
}  // namespace pidfall
