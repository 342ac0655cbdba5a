#include "scenarios/select.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

bool Matches(const std::string& glob, const Scenario& scenario) {
  return fnmatch(glob.c_str(), std::string(scenario.id).c_str(), 0) == 0;
}

bool MatchesAny(const std::vector<std::string>& globs, const Scenario& scenario) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return Matches(glob, scenario); });
}

void CheckGlobs(const std::vector<Scenario>& catalogue, const std::string& option,
                const std::vector<std::string>& globs) {
  for (const std::string& glob : globs) {
    const bool found =
        std::any_of(catalogue.begin(), catalogue.end(),
                    [&](const Scenario& scenario) { return Matches(glob, scenario); });
    if (found) continue;
    throw BadInput(fmt::format("{} '{}' matches no scenario (--list shows them)", option, glob));
  }
}

std::size_t WidestId(const std::vector<const Scenario*>& scenarios) {
  std::size_t width = 0;
  for (const Scenario* scenario : scenarios) width = std::max(width, scenario->id.size());
  return width;
}

}  // namespace

std::vector<const Scenario*> Select(const std::vector<Scenario>& catalogue,
                                    const std::vector<std::string>& only,
                                    const std::vector<std::string>& except) {
  CheckGlobs(catalogue, "--scenario", only);
  CheckGlobs(catalogue, "--except", except);
  std::vector<const Scenario*> selected;
  for (const Scenario& scenario : catalogue) {
    const bool wanted = only.empty() || MatchesAny(only, scenario);
    if (wanted && !MatchesAny(except, scenario)) selected.push_back(&scenario);
  }
  if (selected.empty()) throw BadInput("--except leaves no scenario to run");
  return selected;
}

std::string ListText(const std::vector<const Scenario*>& scenarios, bool verbose) {
  const std::size_t width = WidestId(scenarios);
  std::string out;
  for (const Scenario* scenario : scenarios) {
    out +=
        fmt::format("{:<{}}  {:<7}  {}\n", scenario->id, width, scenario->clauses, scenario->story);
    if (verbose) out += fmt::format("{:<{}}  {:<7}  harm: {}\n", "", width, "", scenario->harm);
  }
  return out;
}

}  // namespace pidfall
