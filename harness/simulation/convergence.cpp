#include "harness/simulation/convergence.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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
  return starts;
}

// In any ten minutes.
int MostOf(std::vector<SupervisorTime> times) {
  std::sort(times.begin(), times.end());
  std::ptrdiff_t most = 0;
  for (auto first = times.begin(); first != times.end(); ++first) {
    most = std::max(most, std::lower_bound(first, times.end(), *first + kWindow) - first);
  }
  return static_cast<int>(most);
}

// By themselves.
std::vector<ExitEntry> EndsOf(const SimulationLog& log) {
  std::vector<ExitEntry> ends;
  for (const ActorLog& actor : log.actors) {
    std::copy_if(actor.exits.begin(), actor.exits.end(), std::back_inserter(ends),
                 [](const ExitEntry& exit) { return !exit.provoked; });
  }
  return ends;
}

std::string Looped(const SimulationLog& log, int starts, int bound) {
  return fmt::format(
      "the supervisor started it {} times beside a live owner within {}, the bound is {} in ten "
      "minutes",
      starts, FormatDuration(std::min<SupervisorTime>(log.duration, kWindow)), bound);
}

std::string Unserved(const Gap& gap, SupervisorTime length) {
  if (!gap.to) return "no copy served after the owner ended";
  return fmt::format("no copy served for {} after the owner ended", FormatDuration(length));
}

}  // namespace

int MostStartsBesideAnOwner(const SimulationLog& log) { return MostOf(StartsBesideAnOwner(log)); }

std::optional<std::string> RestartLoop(const SimulationLog& log, const ConvergenceBounds& bounds) {
  const std::vector<ExitEntry> ends = EndsOf(log);
  const auto failed = std::count_if(ends.begin(), ends.end(), [](const ExitEntry& end) {
    return end.status != 0 || end.signal != 0;
  });
  if (failed > 0 && !EverServed(log)) {
    return fmt::format("it failed {} time{} and never served", failed, failed == 1 ? "" : "s");
  }
  std::vector<SupervisorTime> times;
  times.reserve(ends.size());
  for (const ExitEntry& end : ends) times.push_back(end.at);
  const int most = MostOf(times);
  if (most <= bounds.starts) return std::nullopt;
  return fmt::format("it ended by itself {} times within {}, the bound is {} in ten minutes", most,
                     FormatDuration(std::min<SupervisorTime>(log.duration, kWindow)),
                     bounds.starts);
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
