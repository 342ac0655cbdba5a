// Every scenario on the bundled servers, per strategy, against scenarios/expected.toml.
#include "scenarios/catalogue.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "harness/sandbox/sandbox.h"
#include "harness/target/bundled.h"
#include "scenarios/expected.h"
#include "scenarios/select.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

void Check(const Scenario& scenario, const std::string& server, const std::string& guard) {
  Result result = RunCase(scenario, BundledTarget(server, guard));
  Judge(BuiltInExpected().For(guard, std::string(scenario.id)), &result);
  if (result.verdict == Verdict::kSkip) {
    ASSERT_FALSE(FullSandboxWorks()) << "with namespaces nothing is skipped: " << result.summary;
    GTEST_SKIP() << result.summary;
  }
  EXPECT_NE(result.verdict, Verdict::kBroken) << Account(result);
  EXPECT_FALSE(result.surprise) << "expected " << result.expected << ", but " << Account(result);
}

void Register(const Scenario& scenario, const std::string& server, const std::string& guard) {
  const bool is_default = server == DefaultServer();
  const std::string name = std::string(scenario.id.substr(scenario.family().size() + 1)) + '/' +
                           guard + (is_default ? "" : '/' + server);
  RegisterCase(scenario.family(), name,
               [&scenario, server, guard] { Check(scenario, server, guard); });
}

// Its parts without the blanks around them; empty ones are left out.
std::vector<std::string> Split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) {
    const std::size_t first = part.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    parts.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
  }
  return parts;
}

// A scenario of no family in the list of CMakeLists.txt has no label and is run by nobody.
TEST(CatalogueTest, EveryFamilyIsATestLabel) {
  const std::string labels = std::string(" ") + PIDFALL_FAMILIES + ' ';
  for (const Scenario& scenario : Catalogue()) {
    EXPECT_NE(labels.find(' ' + std::string(scenario.family()) + ' '), std::string::npos)
        << scenario.id << " belongs to no family in scenarios/CMakeLists.txt";
  }
}

TEST(CatalogueTest, FindsAScenarioByItsWholeId) {
  ASSERT_NE(FindScenario("stale/zero"), nullptr);
  EXPECT_EQ(FindScenario("stale/zero")->id, "stale/zero");
  EXPECT_EQ(FindScenario("stale/zer"), nullptr);
}

// The four others are the proof that scenarios can fail.
TEST(CatalogueTest, TheReferenceIsExpectedToBreakNothing) {
  for (const Scenario& scenario : Catalogue()) {
    EXPECT_NE(BuiltInExpected().For("reference", std::string(scenario.id)).verdict, Verdict::kFail)
        << scenario.id;
  }
}

// Its rows are "| strategy, strategy | because it ... | family/*, family/scenario |".
std::set<std::pair<std::string, std::string>> NotApplicableInReadme() {
  std::set<std::pair<std::string, std::string>> listed;
  const std::string text = ReadFile(PIDFALL_README);
  const std::size_t begin = text.find("\n## n/a\n");
  std::istringstream section(text.substr(begin, text.find("\n## ", begin + 1) - begin));
  for (std::string line; std::getline(section, line);) {
    const auto cells = Split(line, '|');
    if (cells.size() != 3 || cells[2].find('/') == std::string::npos) continue;
    for (const Scenario* scenario : Select(Catalogue(), Split(cells[2], ','), {})) {
      for (const std::string& guard : Split(cells[0], ',')) listed.emplace(guard, scenario->id);
    }
  }
  return listed;
}

TEST(CatalogueTest, TheReadmeListsWhatIsNotApplicable) {
  std::set<std::pair<std::string, std::string>> expected;
  for (const Scenario& scenario : Catalogue()) {
    for (const std::string& guard : Strategies()) {
      const auto verdict = BuiltInExpected().For(guard, std::string(scenario.id)).verdict;
      if (verdict == Verdict::kNotApplicable) expected.emplace(guard, scenario.id);
    }
  }
  EXPECT_EQ(NotApplicableInReadme(), expected);
}

// The report's guard is in all three servers: its tests, on the other two as well.
constexpr const char* kOnEveryServer[] = {"duplicate/second-start", "stale/dead-pid",
                                          "kill9/restart", "stop/sigterm"};

void RegisterAll() {
  for (const Scenario& scenario : Catalogue()) {
    for (const std::string& guard : Strategies()) {
      Register(scenario, DefaultServer(), guard);
    }
  }
  for (const std::string& server : BundledServers()) {
    if (server == DefaultServer()) continue;
    for (const char* id : kOnEveryServer) {
      for (const char* guard : {"pidfile", "reference"}) Register(*FindScenario(id), server, guard);
    }
  }
}

}  // namespace
}  // namespace pidfall

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  pidfall::RegisterAll();
  return RUN_ALL_TESTS();
}
