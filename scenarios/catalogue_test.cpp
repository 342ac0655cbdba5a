// Every scenario on the bundled servers, per strategy, against scenarios/expected.toml.
#include "scenarios/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "harness/sandbox/features.h"
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

// A scenario whose family is not in the list of CMakeLists.txt has no label, so no test runs it.
TEST(CatalogueTest, EveryFamilyIsATestLabel) {
  const std::string labels = std::string(" ") + PIDFALL_FAMILIES + ' ';
  for (const Scenario& scenario : Catalogue()) {
    EXPECT_THAT(labels, testing::HasSubstr(' ' + std::string(scenario.family()) + ' '))
        << scenario.id << " belongs to no family in scenarios/CMakeLists.txt";
  }
}

TEST(CatalogueTest, FindsAScenarioByItsWholeId) {
  ASSERT_NE(FindScenario("stale/zero"), nullptr);
  EXPECT_EQ(FindScenario("stale/zero")->id, "stale/zero");
  EXPECT_EQ(FindScenario("stale/zer"), nullptr);
}

// The scenarios in "pid-reuse/thread-id, unless errors/* finds one".
std::vector<std::string> ScenariosIn(const std::string& text) {
  static const std::regex kScenario("[a-z][a-z0-9-]*/[a-z0-9*-]+");
  return {std::sregex_token_iterator(text.begin(), text.end(), kScenario), {}};
}

// The explorations name their scenarios by the calls that they find.
bool IsExplored(const std::string& scenario) {
  return scenario.starts_with("crash-point/") || scenario.starts_with("errors/") ||
         scenario.starts_with("race/");
}

TEST(CatalogueTest, HasEachScenarioThatTheDoctorNames) {
  size_t named = 0;
  for (const std::string& cost : CostsOfFeatures()) {
    for (const std::string& scenario : ScenariosIn(cost)) {
      ++named;
      if (IsExplored(scenario)) continue;
      EXPECT_NO_THROW(Select(Catalogue(), {scenario}, {})) << scenario;
    }
  }
  EXPECT_GT(named, 0U);
}

// The four other strategies prove that scenarios can fail.
TEST(CatalogueTest, TheReferenceIsExpectedToBreakNothing) {
  for (const Scenario& scenario : Catalogue()) {
    EXPECT_NE(BuiltInExpected().For("reference", std::string(scenario.id)).verdict, Verdict::kFail)
        << scenario.id;
  }
}

// The report's guard is in all three servers: so its tests run on the other two as well.
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
