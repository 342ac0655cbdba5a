#include "scenarios/nearness.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace pidfall {
namespace {

// A longer beginning wins. Many servers leave the guard to their port: what they do wrong on their
// own port comes before a start on another one. Breaches of a held moment come last: a server that
// fails in an everyday way mostly fails there, too.
constexpr std::string_view kNearness[] = {
    "duplicate/second-start",
    "duplicate/ten-in-a-row",
    "kill9/restart",
    "entrance/",
    "surroundings/other-",
    "surroundings/",
    "upgrade/",
    "later/",
    "kill9/",
    "stale/",
    "pid-reuse/",
    "kill9/zombie",
    "stop/",
    "path/fifo",
    "duplicate/other-port",
    "duplicate/owner-stopped",
    "path/",
    "port/",
    "time-wait/",
    "disk/",
    "permission/",
    "ownership/",
    "standby/",
    "restart-loop/",
    "namespace/",
    "duplicate/",
    "kill9/during-",
    "stop/during-",
};

// Some findings are nearer than others of their scenario: they stand before this beginning.
struct Nearer {
  BreachKinds kind;
  std::string_view before;
};

constexpr Nearer kNearer[] = {
    // Whatever a second start does then comes of it.
    {breach_kind::kLostLock, "duplicate/second-start"},
    // Two starts that both pass a check race wherever they meet: no surroundings are needed.
    {breach_kind::kPassedCheck, "entrance/"},
    // Where the start was careful.
    {breach_kind::kStopFollowsLink, "path/fifo"},
};

std::size_t IndexOf(std::string_view beginning) {
  return static_cast<std::size_t>(std::distance(
      std::begin(kNearness), std::find(std::begin(kNearness), std::end(kNearness), beginning)));
}

std::string_view BeginningOf(std::string_view scenario) {
  std::string_view longest;
  for (const std::string_view beginning : kNearness) {
    if (scenario.starts_with(beginning) && beginning.size() > longest.size()) longest = beginning;
  }
  return longest;
}

// The index first; at one index, false (the nearer ones) comes first.
using Place = std::pair<std::size_t, bool>;

Place PlaceOf(const Result& result) {
  for (const Nearer& nearer : kNearer) {
    if (IsOfKind(result.kinds, nearer.kind)) return {IndexOf(nearer.before), false};
  }
  return {IndexOf(BeginningOf(result.scenario)), true};
}

}  // namespace

std::span<const std::string_view> Nearness() { return kNearness; }

std::vector<Result> NearestFirst(std::vector<Result> results) {
  std::stable_sort(results.begin(), results.end(),
                   [](const Result& a, const Result& b) { return PlaceOf(a) < PlaceOf(b); });
  return results;
}

}  // namespace pidfall
