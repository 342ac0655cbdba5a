#include "harness/report/story_chart.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

namespace pidfall {
namespace {

SupervisorTime TimeOf(double seconds) {
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

std::optional<Phase> PhaseOf(const std::string& word) {
  if (word == "starting") return Phase::kStarting;
  if (word == "serves") return Phase::kServes;
  if (word == "waits") return Phase::kWaits;
  if (word == "throttled") return Phase::kThrottled;
  return std::nullopt;
}

// A signal of the story provoked the end.
ExitEntry ExitOf(const StoryTimes::Lane& lane, const StoryTimes::End& end) {
  const bool provoked = std::any_of(lane.marks.begin(), lane.marks.end(),
                                    [&](const auto& mark) { return mark.at_s <= end.at_s; });
  return {.at = TimeOf(end.at_s),
          .status = std::max(end.status, 0),
          .signal = std::max(-end.status, 0),
          .provoked = provoked};
}

ActorLog ActorOf(const StoryTimes::Lane& lane) {
  ActorLog actor{.name = lane.name};
  for (const auto& [phase, from_s, to_s] : lane.bars) {
    if (const auto known = PhaseOf(phase)) {
      actor.spans.push_back({*known, TimeOf(from_s), TimeOf(to_s)});
    }
  }
  for (const StoryTimes::End& end : lane.ends) actor.exits.push_back(ExitOf(lane, end));
  return actor;
}

SimulationLog LogOf(const StoryTimes& times) {
  SimulationLog log{.duration = TimeOf(times.duration_s)};
  for (const StoryTimes::Lane& lane : times.lanes) log.actors.push_back(ActorOf(lane));
  return log;
}

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
