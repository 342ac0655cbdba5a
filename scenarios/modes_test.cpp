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
#include "scenarios/catalogue.h"
#include "scenarios/program.h"

namespace pidfall {
namespace {

using Names = std::set<std::string>;

struct Told {
  Names all, skipped, broken;
};

const toml::table& Data() {
  static const toml::table kData = toml::parse_file(PIDFALL_MODES_TOML);
  return kData;
}

Names Listed(const toml::node_view<const toml::node>& list) {
  Names names;
  if (list.as_array() == nullptr) return names;
  for (const toml::node& node : *list.as_array()) names.insert(node.value_or(std::string()));
  return names;
}

Names ExpectedSkips() {
  const auto user = Data()[geteuid() == 0 ? "root" : "ordinary"];
  Names names = Listed(user["skipped"]);
  if (!LandlockScopesSignals()) names.merge(Listed(user["skipped_before_linux_6_12"]));
  return names;
}

Names CatalogueNames() {
  const Names left_out = Listed(Data()["left_out"]);
  Names names;
  for (const Scenario& scenario : Catalogue()) {
    if (!left_out.contains(std::string(scenario.id))) names.emplace(scenario.id);
  }
  return names;
}

Told RunAll(const std::string& variable) {
  const std::string folder = MakeFolder();
  const std::string path = folder + "/results.json";
  std::vector<std::string> arguments = {"run", "--guard", "reference", "--json", path};
  for (const std::string& name : Listed(Data()["left_out"])) {
    arguments.insert(arguments.end(), {"--except", name});
  }
  RunPidfall(arguments, {variable});
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

// That the full one skips nothing is what each of the catalogue's tests says.
TEST(ModesTest, ThePlainSandboxSkipsWhatIsListedAndNothingElse) {
  const Told told = RunAll("PIDFALL_SANDBOX=plain");
  EXPECT_EQ(told.all, CatalogueNames());
  EXPECT_EQ(told.skipped, ExpectedSkips());
  EXPECT_EQ(told.broken, Names());
}

}  // namespace
}  // namespace pidfall
