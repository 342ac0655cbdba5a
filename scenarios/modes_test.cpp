// Which scenarios run on which machine: pinned, so that a skip never looks like a pass.
#include <gtest/gtest.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "harness/sandbox/landlock.h"
#include "harness/sandbox/sandbox.h"
#include "scenarios/catalogue.h"
#include "scenarios/program.h"

namespace pidfall {
namespace {

using Names = std::set<std::string>;

struct Told {
  Names all, skipped, broken;
};

Told RunAll(const std::vector<std::string>& variables) {
  const std::string folder = MakeFolder();
  const std::string path = folder + "/results.json";
  RunPidfall({"run", "--guard", "reference", "--json", path}, variables);
  Told told;
  const auto json = nlohmann::json::parse(ReadFile(path));
  for (const auto& result : json["results"]) {
    const std::string scenario = result["scenario"], verdict = result["verdict"];
    told.all.insert(scenario);
    if (verdict == "skip") told.skipped.insert(scenario);
    if (verdict == "broken") told.broken.insert(scenario);
  }
  std::filesystem::remove_all(folder);
  return told;
}

Names Listed(const toml::table& data, const char* user, const char* key) {
  Names names;
  const toml::array* list = data[user][key].as_array();
  if (list == nullptr) return names;
  for (const toml::node& node : *list) names.insert(node.value_or(std::string()));
  return names;
}

Names ExpectedSkips() {
  const toml::table data = toml::parse_file(PIDFALL_MODES_TOML);
  const char* user = geteuid() == 0 ? "root" : "ordinary";
  Names names = Listed(data, user, "skipped");
  if (!LandlockScopesSignals()) names.merge(Listed(data, user, "skipped_before_linux_6_12"));
  return names;
}

Names CatalogueNames() {
  Names names;
  for (const Scenario& scenario : Catalogue()) names.emplace(scenario.id);
  return names;
}

TEST(ModesTest, ThePlainSandboxSkipsWhatIsListedAndNothingElse) {
  const Told told = RunAll({"PIDFALL_SANDBOX=plain"});
  EXPECT_EQ(told.all, CatalogueNames());
  EXPECT_EQ(told.skipped, ExpectedSkips());
  EXPECT_EQ(told.broken, Names());
}

TEST(ModesTest, TheFullSandboxSkipsNothing) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const Told told = RunAll({});
  EXPECT_EQ(told.all, CatalogueNames());
  EXPECT_EQ(told.skipped, Names());
  EXPECT_EQ(told.broken, Names());
}

}  // namespace
}  // namespace pidfall
