#include "harness/report/story_chart.h"

#include <algorithm>

#include "harness/simulation/log_times.h"

namespace pidfall {
namespace {

bool IsTold(const Result& result) { return !result.times.lanes.empty(); }

}  // namespace

StoryChart::StoryChart(const Result& result) : result_(result), log_(LogOf(result.times)) {}

std::string StoryChart::title() const {
  const std::string at = result_.guard.empty() ? "" : " on " + result_.guard;
  if (!HasFailed(result_)) return result_.scenario + at + ": " + Name(result_.verdict);
  return result_.scenario + at + ": " + Name(result_.severity) + " of " + result_.clauses.front();
}

Chart StoryChart::chart() const {
  return {result_.summary, {{"", &log_, &result_.times, !HasFailed(result_)}}};
}

const Result* ResultToDraw(const std::vector<Result>& results) {
  for (const Severity severity : {Severity::kBreach, Severity::kWeakness}) {
    const auto found = std::find_if(results.begin(), results.end(), [&](const Result& result) {
      return HasFailed(result) && result.severity == severity && IsTold(result);
    });
    if (found != results.end()) return &*found;
  }
  const auto told = std::find_if(results.begin(), results.end(), IsTold);
  return told == results.end() ? nullptr : &*told;
}

}  // namespace pidfall
