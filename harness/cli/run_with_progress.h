// Runs cases while standard error shows how far they are; an interrupt ends them early.
//
//   const auto results = RunWithProgress(cases, {.jobs = common.jobs});
#pragma once

#include <vector>

#include "harness/run/runner.h"

namespace pidfall {

std::vector<Result> RunWithProgress(const std::vector<Case>& cases, const RunOptions& options);

}  // namespace pidfall
