// Findings by their cause: the finding nearest to the cause, and those that follow from it.
//
//   for (const Cause& cause : ByCause(Findings(results, false))) {
//     Print(*cause.nearest);
//     Print("and " + std::to_string(cause.others.size()) + " more follow from it");
//   }
//
// Breaches have one cause when the same clause is broken in the same way: their sentences differ
// only in names, numbers, paths and circumstances. A server whose plain second start serves has no
// guard at all: that is the cause of every other double owner. So is, where only the port keeps a
// second copy out, one that serves on another port.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/run/result.h"

namespace pidfall {

struct Cause {
  const Result* nearest = nullptr;
  std::vector<const Result*> others;
  bool is_no_guard = false;
};

// In the order of the nearest findings.
std::vector<Cause> ByCause(const std::vector<const Result*>& findings);

// After many findings a reader looks at the end: there stands the cause to begin with, and its fix.
// Empty where one finding tells it itself.
std::string FirstStepText(const std::vector<Result>& results,
                          const std::function<std::string(const Cause&)>& fix);

// A summary without the parts that differ between scenarios.
std::string FormOf(const std::string& summary);

}  // namespace pidfall
