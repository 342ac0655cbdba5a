// The order in which findings are told: first those nearest to a cause that a person meets every
// day, last the races that only a held start shows each time.
//
//   for (const Cause& cause : ByCause(Findings(NearestFirst(results), false))) ...
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/run/result.h"

namespace pidfall {

// Stable: the others stay in the order of the catalogue.
std::vector<Result> NearestFirst(std::vector<Result> results);

// The beginnings of scenarios' names, the nearest first.
std::span<const std::string_view> Nearness();

}  // namespace pidfall
