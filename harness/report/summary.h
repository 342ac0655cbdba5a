// The last line: the number of verdicts, and whether they are as they should be.
//
//   fmt::print("{}\n", RunSummary(results, elapsed_ms, Interrupted()));
#pragma once

#include <string>
#include <vector>

#include "harness/run/result.h"

namespace pidfall {

// "OK: 370 verdicts, 348 as expected, 22 n/a, 0 surprises, 0 skipped   31 s"
std::string RunSummary(const std::vector<Result>& results, double elapsed_ms, bool interrupted);

struct SummaryOptions {
  double elapsed_ms = 0;
  bool interrupted = false;
  bool verbose = false;  // nothing is hidden
};

// "71 pass, 1 breach, 2 weaknesses, 4 n/a, 0 skip, 0 broken   3.8 s   (-v: the weaknesses)"
std::string CheckSummary(const std::vector<Result>& results, const SummaryOptions& options);

}  // namespace pidfall
