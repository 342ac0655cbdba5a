#include "scenarios/worth.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace pidfall {
namespace {

// The number of "C4".
int FirstClause(const Scenario& scenario) {
  int number = 0;
  const std::string_view clauses = scenario.clauses;
  std::from_chars(clauses.data() + 1, clauses.data() + clauses.size(), number);
  return number;
}

std::pair<bool, int> Rank(const Scenario& scenario) {
  const bool plays_supervisor = !scenario.policy.empty() || scenario.parts == part::kNamedPolicy;
  return {plays_supervisor, FirstClause(scenario)};
}

}  // namespace

std::vector<const Scenario*> ByWorth(std::vector<const Scenario*> scenarios) {
  std::stable_sort(scenarios.begin(), scenarios.end(),
                   [](const Scenario* a, const Scenario* b) { return Rank(*a) < Rank(*b); });
  return scenarios;
}

}  // namespace pidfall
