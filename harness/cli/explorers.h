// The kinds of exploration, a row each: `pidfall explore` does one of them, `check --exhaustive`
// all after its scenarios.
//
//   for (const Explorer& explorer : Explorers())
//     const Exploration found = ExploreWithProgress(explorer, target, found, {}, again);
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/stage/scenario.h"
#include "harness/tracer/exploration.h"

namespace pidfall {

struct Explorer {
  const char* name;  // "crash"
  Scenario row;      // "crash-point/any" stands for all its results where scenarios are chosen
  Exploration (*explore)(const Target&, const Found&, const ExploreOptions&);
  void (*check_replay)(const std::string&);  // throws BadInput
  const char* all = "Run what equals something else for real as well";
  const char* time = "Stop after this time, and say what was left out [10m]";
};

std::span<const Explorer> Explorers();
// Null: no explorer has results of that family.
const Explorer* ExplorerOf(std::string_view family);

// How the user named the target, for the commands that show a result again.
struct TargetWords {
  std::string program;  // how the user called us
  std::vector<std::string> options;
};

Exploration ExploreWithProgress(const Explorer& explorer, const Target& target, const Found& found,
                                ExploreOptions options, const TargetWords& again);

// "crash    31 points: ...", a line for each.
std::string CoveredText(const Explorer& explorer, const Exploration& found);

}  // namespace pidfall
