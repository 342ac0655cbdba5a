#include "harness/cli/run_with_progress.h"

#include <cstdio>

#include "harness/cli/interrupt.h"
#include "harness/report/progress.h"

namespace pidfall {

std::vector<Result> RunWithProgress(const std::vector<Case>& cases, const RunOptions& options) {
  const InterruptGuard guard;
  Progress progress(stderr, cases.size());
  return RunCases(cases, options, [&](const Result& result) { progress.Step(result); });
}

}  // namespace pidfall
