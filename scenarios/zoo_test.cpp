// The suite's own proof: every defect of the zoo is caught by its scenario with its clause, what is
// correct gets no breach, and no scenario is without something that it catches.
#include <gtest/gtest.h>
#include <signal.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/runner.h"
#include "harness/sandbox/sandbox.h"
#include "harness/target/bundled.h"
#include "scenarios/catalogue.h"
#include "scenarios/expected.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

constexpr int kPort = 8769;
constexpr const char* kDefaultStyle = "separate-lock";

struct Catch {
  std::string defect;
  std::string scenario;
  std::string clause;
  int duplicate_exit = 0;
  std::string style = kDefaultStyle;
  std::string policy;  // as by --policy
  std::string with;    // another defect, without which this one does not come to light
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
          .with = table["with"].value_or(std::string(defect))};
}

// What else catches it: a clause, or a table as of the defect itself.
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

const Catch* FindCatch(std::string_view defect) {
  const auto found = std::ranges::find(Catches(), defect, &Catch::defect);
  return found == Catches().end() ? nullptr : &*found;
}

Target ZooTarget(const std::vector<std::string>& words) {
  Target target;
  target.command = {
      ProgramFolder() + "/zoo", "--host", "{host}", "--port", "{port}", "--pid-file", "{pid_file}"};
  target.command.insert(target.command.end(), words.begin(), words.end());
  target.port = kPort;
  target.pid_file = "{pid_file}";
  target.duplicate_exit = 0;
  target.dead_main_arguments = {"--end-main-thread"};
  target.restart_signal = SIGUSR2;
  return target;
}

void KnowOnDuplicate(Target& target) {
  target.standby_arguments = {"--on-duplicate", "wait"};
  target.takeover_arguments = {"--on-duplicate", "takeover"};
  target.auto_arguments = {"--on-duplicate", "auto"};
}

// By the same program and the same words.
void KnowCommands(Target& target) {
  std::string command;
  for (const std::string& word : target.command) command += word + ' ';
  target.status_command = command + "--status";
  target.stop_command = command + "--stop";
}

std::vector<std::string> OlderZoo() { return ZooTarget({"--style", "flock-on-pid-file"}).command; }

bool KeepsPidFile(const std::string& style) {
  return Data()["style"][style]["keeps_pid_file"].value_or(true);
}

void CheckCaught(const Catch& expected) {
  const Scenario* scenario = FindScenario(expected.scenario);
  ASSERT_NE(scenario, nullptr) << "there is no scenario " << expected.scenario;
  Target target =
      ZooTarget({"--defect", expected.defect, "--defect", expected.with, "--style", expected.style,
                 "--duplicate-exit", std::to_string(expected.duplicate_exit)});
  KnowOnDuplicate(target);
  KnowCommands(target);
  target.older_command = OlderZoo();
  if (!KeepsPidFile(expected.style)) target.pid_file.reset();
  target.duplicate_exit = expected.duplicate_exit;
  target.policy = expected.policy;
  const Result result = RunCase(*scenario, target);
  if (result.verdict == Verdict::kSkip) GTEST_SKIP() << result.summary;
  EXPECT_EQ(result.verdict, Verdict::kFail) << Account(result);
  EXPECT_EQ(result.clauses.front(), expected.clause) << Account(result);
}

// What is no fault of the style: a duplicate that ends cannot converge under every policy.
std::string AllowedClause(const std::string& style, const std::string& scenario) {
  return Data()["style"][style][scenario].value_or(std::string());
}

bool IsLeftOut(const std::string& style, const Scenario& scenario) {
  if (scenario.family() == Data()["style"][style]["without"].value_or("")) return true;
  const toml::array& slow = *Data()["only_separate_lock"].as_array();
  return style != kDefaultStyle && std::ranges::any_of(slow, [&](const toml::node& node) {
           return node.value_or(std::string_view()) == scenario.id;
         });
}

void CheckCorrect(const std::string& style) {
  Target target = ZooTarget({"--style", style});
  const auto data = Data()["style"][style];
  if (data["knows_on_duplicate"].value_or(true)) KnowOnDuplicate(target);
  if (data["keeps_pid_file"].value_or(true)) {
    KnowCommands(target);
  } else {
    target.pid_file.reset();
  }
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
  Target target = ZooTarget({"--style", "daemonizing"});
  std::vector<std::string> later = {"/bin/sh", "-c", "\"$@\"; sleep 0.02", "launcher"};
  target.command.insert(target.command.begin(), later.begin(), later.end());
  const Result result = RunCase(*FindScenario("namespace/restart-same-pid"), target);
  if (result.verdict == Verdict::kSkip) GTEST_SKIP() << result.summary;
  EXPECT_EQ(result.verdict, Verdict::kNotApplicable) << Account(result);
}

TEST(ZooTest, EveryScenarioHasSomethingThatItCatches) {
  for (const Scenario& scenario : Catalogue()) {
    EXPECT_TRUE(HasBreaker(scenario)) << scenario.id << " fails for no strategy and no defect";
  }
}

struct Note {
  std::string defect, caught_by;
};

// As `zoo --list` prints them: name, scenario and what is wrong, between tabs.
std::vector<Note> Notes() {
  FILE* list = popen((ProgramFolder() + "/zoo --list").c_str(), "r");
  std::vector<Note> notes;
  char* line = nullptr;
  for (size_t size = 0; getline(&line, &size, list) > 0;) {
    const std::string text = line;
    const size_t first = text.find('\t'), second = text.find('\t', first + 1);
    notes.push_back({text.substr(0, first), text.substr(first + 1, second - first - 1)});
  }
  free(line);
  pclose(list);
  return notes;
}

// A defect may wait for its scenario, but not for longer.
TEST(ZooTest, EveryDefectWithAScenarioIsInTheData) {
  ASSERT_FALSE(Notes().empty());
  for (const Note& note : Notes()) {
    const Catch* found = FindCatch(note.defect);
    if (found == nullptr) {
      EXPECT_EQ(FindScenario(note.caught_by), nullptr) << note.defect << " is not in zoo.toml";
    } else {
      EXPECT_EQ(found->scenario, note.caught_by) << note.defect;
    }
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
