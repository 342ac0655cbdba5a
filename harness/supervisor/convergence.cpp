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
      if (start.beside_an_owner) starts.push_back(start.at);
    }
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

std::string Looped(const SimulationLog& log, int starts, int bound) {
  return fmt::format(
      "the supervisor started it {} times beside a live owner within {}, the bound is {} in ten "
      "minutes",
      starts, FormatDuration(std::min<SupervisorTime>(log.duration, kWindow)), bound);
}

std::string Unserved(const Gap& gap, SupervisorTime length) {
  if (!gap.to) return "nobody that it knows of ever served after the owner went";
  return fmt::format("nobody served for {} after the owner went", FormatDuration(length));
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

std::vector<ConvergenceBreach> ConvergenceBreaches(const SimulationLog& log,
                                                   const ConvergenceBounds& bounds) {
  std::vector<ConvergenceBreach> breaches;
  if (const int owners = MostOwners(log); owners > 1) {
    breaches.push_back({"C1", fmt::format("{} copies served at one instant", owners)});
  }
  if (const int starts = MostStartsBesideAnOwner(log); starts > bounds.starts) {
    breaches.push_back({"C11", Looped(log, starts, bounds.starts)});
  }
  if (!bounds.serves_again) return breaches;
  for (const Gap& gap : Gaps(log)) {
    const SupervisorTime length = gap.to.value_or(log.duration) - gap.from;
    if (length > bounds.served_within) breaches.push_back({"C11", Unserved(gap, length)});
  }
  return breaches;
}

}  // namespace pidfall
