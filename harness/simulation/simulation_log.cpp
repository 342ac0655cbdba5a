#include "harness/simulation/simulation_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/input/duration.h"

namespace pidfall {
namespace {

// +1 where somebody begins to serve, -1 where one ends, in the order of time; an end comes first.
std::vector<std::pair<SupervisorTime, int>> Changes(const SimulationLog& log) {
  std::vector<std::pair<SupervisorTime, int>> changes;
  for (const ActorLog& actor : log.actors) {
    for (const Span& span : actor.spans) {
      if (span.phase != Phase::kServes) continue;
      changes.emplace_back(span.from, 1);
      if (span.to < log.duration) changes.emplace_back(span.to, -1);
    }
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

std::string HowOften(const ActorLog& actor) {
  std::map<std::string, int> counts;
  for (const ExitEntry& exit : actor.exits) {
    if (exit.served || exit.provoked) continue;
    ++counts[exit.signal != 0 ? fmt::format("signal {}", exit.signal)
                              : fmt::format("status {}", exit.status)];
  }
  std::string text;
  for (const auto& [how, count] : counts) text += fmt::format(", {} x {}", count, how);
  return text;
}

std::string AfterTheOwner(const SimulationLog& log, const ActorLog& actor) {
  const std::vector<Gap> gaps = Gaps(log);
  if (gaps.empty()) return "";
  const Gap& last = gaps.back();
  if (!last.to) return actor.supervised ? ", never serves after" : "";
  if (!ServesAt(actor, *last.to)) return "";
  return fmt::format(", serves {} after", FormatDuration(*last.to - last.from));
}

}  // namespace

std::vector<Gap> Gaps(const SimulationLog& log) {
  std::vector<Gap> gaps;
  int owners = 0;
  for (const auto& [at, change] : Changes(log)) {
    const bool was_served = owners > 0;
    owners += change;
    if (was_served && owners == 0) gaps.push_back({at, std::nullopt});
    if (!was_served && owners > 0 && !gaps.empty()) gaps.back().to = at;
  }
  return gaps;
}

std::optional<SupervisorTime> ServedAfter(const SimulationLog& log) {
  const std::vector<Gap> gaps = Gaps(log);
  if (gaps.empty() || !gaps.back().to) return std::nullopt;
  return *gaps.back().to - gaps.back().from;
}

bool EverServed(const SimulationLog& log) {
  return std::any_of(log.actors.begin(), log.actors.end(), [](const ActorLog& actor) {
    return std::any_of(actor.spans.begin(), actor.spans.end(),
                       [](const Span& span) { return span.phase == Phase::kServes; });
  });
}

bool ServesAt(const ActorLog& actor, SupervisorTime at) {
  return std::any_of(actor.spans.begin(), actor.spans.end(), [at](const Span& span) {
    return span.phase == Phase::kServes && span.from <= at && at < span.to;
  });
}

int MostOwners(const SimulationLog& log) {
  int owners = 0;
  int most = 0;
  for (const auto& [at, change] : Changes(log)) {
    owners += change;
    most = std::max(most, owners);
  }
  return most;
}

std::string Summary(const SimulationLog& log, const ActorLog& actor) {
  const std::size_t starts = actor.starts.size();
  const bool waited = std::any_of(actor.spans.begin(), actor.spans.end(),
                                  [](const Span& span) { return span.phase == Phase::kWaits; });
  return fmt::format("{} start{}{}{}{}{}", starts, starts == 1 ? "" : "s", HowOften(actor),
                     waited ? ", waits" : "", actor.gave_up ? ", given up" : "",
                     AfterTheOwner(log, actor));
}

}  // namespace pidfall
