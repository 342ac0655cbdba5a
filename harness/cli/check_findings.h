// The findings of `check`, each with the harm and the cure of its scenario.
//
//   PrintFindings(outputs, results, target, common.verbose);
#pragma once

#include <string>
#include <vector>

#include "harness/cli/outputs.h"
#include "harness/run/result.h"
#include "harness/target/target.h"

namespace pidfall {

// One finding per cause; with `verbose`, the findings that follow from it come after it.
void PrintFindings(const Outputs& outputs, const std::vector<Result>& results, const Target& target,
                   bool verbose);

// The answer to --older, a line for each scenario that starts an older version; empty where none
// was judged.
std::string BesideOlderVersion(const std::vector<Result>& results);

// The advice where to begin, for the end of many findings; empty where there is one.
std::string FirstStep(const std::vector<Result>& results, const Target& target);

}  // namespace pidfall
