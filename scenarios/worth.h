// The order for a target whose starts take seconds: first the scenarios whose breach is worst.
//
//   for (const Scenario* scenario : ByWorth(Select(Catalogue(), {}, {}))) ...
#pragma once

#include <vector>

#include "harness/stage/scenario.h"

namespace pidfall {

// By the first clause, as the contract counts them: one owner, then recovery, then the rest. The
// scenarios that play a supervisor take many starts each, and come last.
std::vector<const Scenario*> ByWorth(std::vector<const Scenario*> scenarios);

}  // namespace pidfall
