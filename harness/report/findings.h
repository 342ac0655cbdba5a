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

// What a result does not know of itself; empty lines are left out.
struct Advice {
  std::string known;  // why it is expected to fail
  std::string harm;
  std::string fix;
  std::string also;  // the scenarios that show the same cause
};

// What to show, the worst first. Broken ones and surprises always; where nothing was expected,
// breaches too. `verbose` adds the expected fails and the weaknesses.
std::vector<const Result*> Findings(const std::vector<Result>& results, bool verbose);

// Of a long story the first lines and the last, unless `whole`.
std::string FindingText(const Result& result, const Advice& advice, const Paint& paint,
                        bool whole = true);

// What this machine could not judge, grouped by reason; empty when nothing was skipped.
std::string SkipText(const std::vector<Result>& results);

// Where the files of each are (--keep), a line for each; empty when none were kept.
std::string KeptText(const std::vector<Result>& results);

}  // namespace pidfall
