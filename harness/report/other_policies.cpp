#include "harness/report/other_policies.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/text.h"

namespace pidfall {
namespace {

// The scenario's name without its family.
std::string NameOf(const Result& result) {
  return result.scenario.substr(result.scenario.find('/') + 1);
}

std::string WhatItMakes(const Result& result) {
  if (result.verdict == Verdict::kPass) return "comes to rest";
  if (result.verdict == Verdict::kFail) return CleanLine(result.summary);
  return fmt::format("{}: {}", Name(result.verdict), CleanLine(result.summary));
}

}  // namespace

std::string OtherPoliciesText(const std::vector<Result>& results) {
  std::vector<const Result*> rows;
  std::size_t width = 0;
  for (const Result& result : results) {
    if (result.policy.empty()) continue;
    rows.push_back(&result);
    width = std::max(width, NameOf(result).size());
  }
  if (rows.empty()) return "";
  std::string text = "under each policy (--policy names yours and makes it a verdict):\n";
  for (const Result* row : rows) {
    text += fmt::format("  {:<{}}  {}\n", NameOf(*row), width, WhatItMakes(*row));
  }
  return text;
}

void SetOtherPoliciesAside(const std::string& reason, std::vector<Result>* results) {
  for (Result& result : *results) {
    if (result.policy.empty() || result.verdict != Verdict::kFail) continue;
    result.verdict = Verdict::kNotApplicable;
    result.summary = reason + ": " + result.summary;
  }
}

}  // namespace pidfall
