#include "scenarios/catalogue.h"

#include <algorithm>

namespace pidfall {

const std::vector<Scenario>& Catalogue() {
  static const std::vector<Scenario> kAll = [] {
    std::vector<Scenario> all;
    for (const std::span<const Scenario> family : Families()) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return kAll;
}

const Scenario* FindScenario(std::string_view id) {
  const auto& all = Catalogue();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Scenario& scenario) { return scenario.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace pidfall
