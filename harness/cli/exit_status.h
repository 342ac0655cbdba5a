// The exit status of a whole run, for scripts and CI.
//
//   return ExitStatusOf(results, {.no_skip = true});
#pragma once

#include <vector>

#include "harness/run/result.h"

namespace pidfall {

enum ExitStatus : int {
  kAsItShouldBe = 0,
  kBroke = 1,  // a breach; where outcomes are expected, an outcome that differs
  kBadUsage = 2,
  kBrokenRun = 3,       // something could not be set up or judged, and there is no breach
  kNothingJudged = 77,  // all skipped or not applicable: ctest's SKIP_RETURN_CODE
  kInterrupted = 130,
};

struct Judgement {
  bool no_skip = false;  // a skip counts as broken
  bool interrupted = false;
};

ExitStatus ExitStatusOf(const std::vector<Result>& results, const Judgement& judgement);

}  // namespace pidfall
