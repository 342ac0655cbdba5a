#include "harness/supervisor/convergence.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/input/duration.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

constexpr SupervisorTime kWindow = 10min;

std::vector<SupervisorTime> StartsBesideAnOwner(const SimulationLog& log) {
  std::vector<SupervisorTime> starts;
  for (const ActorLog& actor : log.actors) {
    if (!actor.supervised) continue;
    for (const StartEntry& start : actor.starts) {
      const auto serves = [&](const ActorLog& other) {
        return &other != &actor && ServesAt(other, start.at);
      };
      if (std::any_of(log.actors.begin(), log.actors.end(), serves)) starts.push_back(start.at);
    }
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

}  // namespace

int MostStartsBesideAnOwner(const SimulationLog& log) {
  const std::vector<SupervisorTime> starts = StartsBesideAnOwner(log);
  std::ptrdiff_t most = 0;
  for (auto first = starts.begin(); first != starts.end(); ++first) {
    most = std::max(most, std::lower_bound(first, starts.end(), *first + kWindow) - first);
  }
  return static_cast<int>(most);
}

std::vector<std::string> ConvergenceBreaches(const SimulationLog& log,
                                             const ConvergenceBounds& bounds) {
  std::vector<std::string> breaches;
  if (const int owners = MostOwners(log); owners > 1) {
    breaches.push_back(fmt::format("{} served at one instant", owners));
  }
  if (const int starts = MostStartsBesideAnOwner(log); starts > bounds.starts) {
    breaches.push_back(fmt::format("{} starts in ten minutes beside a live owner, the bound is {}",
                                   starts, bounds.starts));
  }
  for (const Gap& gap : Gaps(log)) {
    const SupervisorTime length = gap.to.value_or(log.duration) - gap.from;
    if (length <= bounds.served_within) continue;
    breaches.push_back(fmt::format("nobody served for {}{}, the bound is {}",
                                   FormatDuration(length), gap.to ? "" : ", to the end",
                                   FormatDuration(bounds.served_within)));
  }
  return breaches;
}

}  // namespace pidfall
