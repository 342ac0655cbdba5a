// Everything that is tested: the catalogue, family by family.
//
//   for (const Scenario& scenario : Catalogue()) ...
//   const Scenario* zero = FindScenario("stale/zero");
//
// Each family is one file: stories, each with its row below it, and their list at the end.
// The only list of families is in CMakeLists.txt: "pid-reuse" there is PidReuseFamily() in
// pid_reuse.cpp.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/stage/scenario.h"

namespace pidfall {

// In the order of that list, which is the order of the report.
std::vector<std::span<const Scenario>> Families();
const std::vector<Scenario>& Catalogue();

// Null when the catalogue has no such scenario.
const Scenario* FindScenario(std::string_view id);

}  // namespace pidfall
