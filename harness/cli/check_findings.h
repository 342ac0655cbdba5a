// The findings of `check`, each with the harm and the cure of its scenario.
//
//   PrintFindings(outputs, results, common.verbose);
#pragma once

#include <vector>

#include "harness/cli/outputs.h"
#include "harness/run/result.h"

namespace pidfall {

// One finding per cause; with `verbose`, the findings that follow from it come after it.
void PrintFindings(const Outputs& outputs, const std::vector<Result>& results, bool verbose);

}  // namespace pidfall
