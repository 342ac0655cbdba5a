#include "harness/cli/exit_status.h"

#include <algorithm>

namespace pidfall {
ExitStatus ExitStatusOf(const std::vector<Result>& results, const Judgement& judgement) {
  const Totals totals = Count(results);
  if (judgement.interrupted) return kInterrupted;
  if (std::any_of(results.begin(), results.end(), IsFailure)) return kBroke;
  if (totals.broken > 0 || (judgement.no_skip && totals.skip > 0)) return kBrokenRun;
  return totals.pass + totals.fail + totals.known > 0 ? kAsItShouldBe : kNothingJudged;
}

}  // namespace pidfall
