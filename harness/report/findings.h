// Findings: what broke, how it was seen, whom it harms and how to see it again.
//
//   for (const Result* result : Findings(results, verbose))
//     out += FindingText(*result, {.harm = harm}, paint);
#pragma once

#include <string>
#include <vector>

#include "harness/report/paint.h"
#include "harness/run/result.h"

namespace pidfall {

// Lines that a result does not have itself; empty ones are left out.
struct Advice {
  std::string known;  // why it is expected to fail
  std::string harm;
  std::string fix;
  std::string also;  // the scenarios that show the same cause
};

// The results to show, the worst first. Always broken ones and surprises; where nothing was
// expected, breaches too. `verbose` adds the expected failures and the weaknesses.
std::vector<const Result*> Findings(const std::vector<Result>& results, bool verbose);

// Shows only the first and the last lines of a long story, unless `whole`.
std::string FindingText(const Result& result, const Advice& advice, const Paint& paint,
                        bool whole = true);

// The scenarios with this verdict, a skip or n/a, by reason; empty when there are none:
// "n/a: the target has no pid file\n  stale/gone stale/bare\n"
std::string ReasonsText(const std::vector<Result>& results, Verdict verdict);

// The folder with the files of each (--keep), a line for each; empty when none were kept.
std::string KeptText(const std::vector<Result>& results);

}  // namespace pidfall
