// The proof that the suite works: the scenario of every defect of the zoo catches it with its
// clause, a correct server gets no breach, and every scenario catches some defect.
#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "harness/process/program_folder.h"
#include "harness/run/runner.h"
#include "harness/sandbox/sandbox.h"
#include "harness/target/bundled.h"
#include "scenarios/catalogue.h"
#include "scenarios/expected.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

using namespace std::string_literals;

constexpr const char* kDefaultStyle = "separate-lock";

struct Catch {
  std::string defect;
  std::string scenario;
  std::string clause;
  int duplicate_exit = 0;
  std::string style = kDefaultStyle;
  std::string policy;  // as by --policy
  std::string with;    // another defect, without which this one does not show
  std::string older;   // the style of an older version; empty: its own, without the defect
};

const toml::table& Data() {
  static const toml::table kData = toml::parse_file(PIDFALL_ZOO_TOML);
  return kData;
}

Catch ReadCatch(std::string_view defect, std::string_view scenario, const toml::table& table) {
  const Catch usual;
  return {.defect = std::string(defect),
          .scenario = std::string(scenario),
          .clause = table["clause"].value_or(""),
          .duplicate_exit = table["duplicate_exit"].value_or(usual.duplicate_exit),
          .style = table["style"].value_or(usual.style),
          .policy = table["policy"].value_or(usual.policy),
          .with = table["with"].value_or(std::string(defect)),
          .older = table["older"].value_or(usual.older)};
}

// Other scenarios that catch it: a clause, or a table like the defect's own.
void ReadAlso(std::string_view defect, const toml::table& also, std::vector<Catch>& all) {
  for (const auto& [scenario, node] : also) {
    const toml::table only_clause{{"clause", node.value_or(std::string())}};
    all.push_back(
        ReadCatch(defect, scenario.str(), node.is_table() ? *node.as_table() : only_clause));
  }
}

std::vector<Catch> ReadCatches() {
  std::vector<Catch> all;
  for (const auto& [defect, node] : *Data()["defect"].as_table()) {
    const toml::table& table = *node.as_table();
    all.push_back(ReadCatch(defect.str(), table["scenario"].value_or(std::string_view()), table));
    if (const toml::table* also = table["also"].as_table()) ReadAlso(defect.str(), *also, all);
  }
  return all;
}

const std::vector<Catch>& Catches() {
  static const std::vector<Catch> kAll = ReadCatches();
  return kAll;
}

Target ZooTarget(const std::string& style) { return BundledTarget("zoo", style); }

void CheckCaught(const Catch& expected) {
  const Scenario* scenario = FindScenario(expected.scenario);
  ASSERT_NE(scenario, nullptr) << "there is no scenario " << expected.scenario;
  Target target = ZooTarget(expected.style);
  const std::string status = std::to_string(expected.duplicate_exit);
  for (const std::string& word :
       {"--defect"s, expected.defect, "--defect"s, expected.with, "--duplicate-exit"s, status}) {
    target.command.push_back(word);
  }
  if (!expected.older.empty()) target.older_command = ZooTarget(expected.older).command;
  target.duplicate_exit = expected.duplicate_exit;
  target.policy = expected.policy;
  const Result result = RunCase(*scenario, target);
  if (result.verdict == Verdict::kSkip) GTEST_SKIP() << result.summary;
  EXPECT_EQ(result.verdict, Verdict::kFail) << Account(result);
  EXPECT_EQ(result.clauses.front(), expected.clause) << Account(result);
}

// A clause that a correct style may break: a duplicate that ends cannot converge under every
// policy.
std::string AllowedClause(const std::string& style, const std::string& scenario) {
  return Data()["style"][style][scenario].value_or(std::string());
}

bool IsLeftOut(const std::string& style, const Scenario& scenario) {
  if (scenario.family() == Data()["style"][style]["without"].value_or("")) return true;
  return style != kDefaultStyle && Includes(scenario.needs, need::kSeconds);  // one style is enough
}

void CheckCorrect(const std::string& style) {
  const Target target = ZooTarget(style);
  std::vector<Case> cases;
  for (const Scenario& scenario : Catalogue()) {
    if (!IsLeftOut(style, scenario)) cases.push_back({&scenario, target});
  }
  for (const Result& result : RunCases(cases, {.jobs = 2}, [](const Result&) {})) {
    EXPECT_NE(result.verdict, Verdict::kBroken) << Account(result);
    if (result.verdict == Verdict::kSkip) {
      EXPECT_FALSE(FullSandboxWorks()) << Account(result);
      continue;
    }
    const std::string broke = result.verdict == Verdict::kFail ? result.clauses.front() : "";
    EXPECT_EQ(broke, AllowedClause(style, result.scenario)) << Account(result);
  }
}

bool HasBreaker(const Scenario& scenario) {
  const std::string id(scenario.id);
  const auto fails = [&](const std::string& guard) {
    return BuiltInExpected().For(guard, id).verdict == Verdict::kFail;
  };
  return std::ranges::any_of(Strategies(), fails) ||
         std::ranges::any_of(Catches(), [&](const Catch& one) { return one.scenario == id; });
}

// The daemon is seen to serve before the container ends with its launcher.
TEST(ZooTest, ADaemonWhoseLauncherEndsLaterCannotBeContained) {
  Target target = ZooTarget("daemonizing");
  std::vector<std::string> later = {"/bin/sh", "-c", "\"$@\"; sleep 0.02", "launcher"};
  target.command.insert(target.command.begin(), later.begin(), later.end());
  const Result result = RunCase(*FindScenario("namespace/restart-same-pid"), target);
  if (result.verdict == Verdict::kSkip) GTEST_SKIP() << result.summary;
  EXPECT_EQ(result.verdict, Verdict::kNotApplicable) << Account(result);
}

// The twin of helper-keeps-port: the helper lives on and holds nothing.
TEST(ZooTest, AHelperThatHoldsNothingMayOutliveItsServer) {
  Target target = ZooTarget(kDefaultStyle);
  target.command.emplace_back("--helper");
  for (const char* scenario :
       {"kill9/child-outlives", "kill9/worker-on-port", "stop/sigterm", "stop/sigint"}) {
    const Result result = RunCase(*FindScenario(scenario), target);
    EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
  }
}

TEST(ZooTest, AHelperThatKeepsAUdpPortIsCaught) {
  CheckCaught({.defect = "helper-keeps-port",
               .scenario = "kill9/child-outlives",
               .clause = "C13",
               .style = "udp-port",
               .with = "helper-keeps-port"});
}

TEST(ZooTest, WhatIsWrittenToTheSystemLogIsSaid) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  Target target = ZooTarget(kDefaultStyle);
  target.command.emplace_back("--syslog");
  for (const char* scenario : {"duplicate/second-start", "port/held-by-stranger"}) {
    const Result result = RunCase(*FindScenario(scenario), target);
    EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
  }
}

// No two starts pass a check there: one only takes the other's file away.
TEST(ZooTest, AFileThatADuplicateRemovesIsToldAsRemoved) {
  Target target = ZooTarget(kDefaultStyle);
  for (const char* word : {"--defect", "removes-on-refusal"}) target.command.emplace_back(word);
  const auto summary_of = [&](const char* scenario) {
    return RunCase(*FindScenario(scenario), target).summary;
  };
  const std::string in_a_row = summary_of("duplicate/ten-in-a-row");
  EXPECT_TRUE(in_a_row.starts_with("the duplicate B removed the owner's pid file")) << in_a_row;
  const std::string at_start = summary_of("duplicate/during-start-up");
  EXPECT_TRUE(at_start.starts_with("the owner's pid file was removed")) << at_start;
}

TEST(ZooTest, EveryScenarioHasSomethingThatItCatches) {
  for (const Scenario& scenario : Catalogue()) {
    EXPECT_TRUE(HasBreaker(scenario)) << scenario.id << " fails for no strategy and no defect";
  }
}

// As `zoo --list` prints them: the name and what is wrong, with a tab between.
std::vector<std::string> ZooDefects() {
  FILE* list = popen((ProgramFolder() + "/zoo --list").c_str(), "r");
  std::vector<std::string> names;
  char* line = nullptr;
  for (size_t size = 0; getline(&line, &size, list) > 0;) {
    const std::string text = line;
    names.push_back(text.substr(0, text.find('\t')));
  }
  free(line);
  pclose(list);
  return names;
}

TEST(ZooTest, EveryDefectIsCaughtBySomething) {
  ASSERT_FALSE(ZooDefects().empty());
  for (const std::string& defect : ZooDefects()) {
    EXPECT_TRUE(Data()["defect"][defect].is_table()) << defect << " is not in zoo.toml";
  }
}

void RegisterAll() {
  for (const Catch& expected : Catches()) {
    RegisterCase("zoo_defect", expected.defect + '/' + expected.scenario,
                 [&expected] { CheckCaught(expected); });
  }
  for (const auto& [style, table] : *Data()["style"].as_table()) {
    RegisterCase("zoo_correct", std::string(style.str()),
                 [style = std::string(style.str())] { CheckCorrect(style); });
  }
}

}  // namespace
}  // namespace pidfall

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  pidfall::RegisterAll();
  return RUN_ALL_TESTS();
}
