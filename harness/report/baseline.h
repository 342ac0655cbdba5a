// Failures that a project has accepted: the `--json` file of an earlier check.
//
//   const Baseline baseline = ReadBaseline("accepted.json");
//   if (baseline.Knows(result)) result.verdict = Verdict::kKnown;
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/run/result.h"

namespace pidfall {

class Baseline {
 public:
  Baseline() = default;
  explicit Baseline(std::set<std::string> failures) : failures_(std::move(failures)) {}

  // The same scenario failed then by the same clause, with the same or a worse severity.
  bool Knows(const Result& result) const;
  // The scenarios that failed in the baseline and pass now.
  std::vector<std::string> Fixed(const std::vector<Result>& results) const;

 private:
  std::set<std::string> failures_;  // "stale/zero C5 breach"
};

// Throws BadInput.
Baseline ReadBaseline(const std::string& path);

}  // namespace pidfall
