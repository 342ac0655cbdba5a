#include "harness/simulation/log_times.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string_view>

namespace pidfall {
namespace {

// In the order of Phase.
constexpr std::array<std::string_view, 5> kWords = {"down", "starting", "serves", "waits",
                                                    "throttled"};

StoryTimes::Lane LaneOf(const ActorLog& actor) {
  StoryTimes::Lane lane{.name = actor.name};
  for (const Span& span : actor.spans) {
    if (span.phase == Phase::kDown) continue;
    const auto word = kWords.at(static_cast<size_t>(span.phase));
    lane.bars.push_back({std::string(word), SecondsOf(span.from), SecondsOf(span.to)});
  }
  for (const ExitEntry& exit : actor.exits) {
    lane.ends.push_back({SecondsOf(exit.at), exit.signal != 0 ? -exit.signal : exit.status});
  }
  return lane;
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
  for (const auto& [word, from_s, to_s] : lane.bars) {
    const auto* known = std::find(kWords.begin(), kWords.end(), word);
    if (known == kWords.end()) continue;
    const auto phase = static_cast<Phase>(known - kWords.begin());
    actor.spans.push_back({phase, TimeOf(from_s), TimeOf(to_s)});
  }
  for (const StoryTimes::End& end : lane.ends) actor.exits.push_back(ExitOf(lane, end));
  return actor;
}

}  // namespace

double SecondsOf(SupervisorTime time) { return std::chrono::duration<double>(time).count(); }

SupervisorTime TimeOf(double seconds) {
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

StoryTimes TimesOf(const SimulationLog& log) {
  StoryTimes times{.duration_s = SecondsOf(log.duration), .is_simulated = true};
  for (const ActorLog& actor : log.actors) times.lanes.push_back(LaneOf(actor));
  return times;
}

SimulationLog LogOf(const StoryTimes& times) {
  SimulationLog log{.duration = TimeOf(times.duration_s)};
  for (const StoryTimes::Lane& lane : times.lanes) log.actors.push_back(ActorOf(lane));
  return log;
}

}  // namespace pidfall
