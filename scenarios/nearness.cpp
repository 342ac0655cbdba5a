#include "scenarios/nearness.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace pidfall {
namespace {

// A longer beginning wins. Breaches of a held moment come last: a server that fails in an everyday
// way mostly fails there, too.
constexpr std::string_view kNearness[] = {
    "duplicate/second-start",
    "duplicate/ten-in-a-row",
    "duplicate/other-port",
    "entrance/",
    "surroundings/other-",
    "surroundings/",
    "upgrade/",
    "later/",
    "kill9/",
    "stale/",
    "pid-reuse/",
    "stop/",
    "path/fifo",
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

constexpr std::string_view kPlainRace = "passed the check before";
constexpr std::string_view kAfterPlainRace = "entrance/";

std::size_t PlaceOf(std::string_view beginning) {
  return static_cast<std::size_t>(std::distance(
      std::begin(kNearness), std::find(std::begin(kNearness), std::end(kNearness), beginning)));
}

// Two starts that both pass a check race wherever they meet: no surroundings are needed.
std::size_t PlaceOf(const Result& result) {
  if (result.summary.find(kPlainRace) != std::string::npos) return PlaceOf(kAfterPlainRace);
  std::string_view longest;
  for (const std::string_view beginning : kNearness) {
    if (result.scenario.starts_with(beginning) && beginning.size() > longest.size()) {
      longest = beginning;
    }
  }
  return PlaceOf(longest);
}

}  // namespace

std::span<const std::string_view> Nearness() { return kNearness; }

std::vector<Result> NearestFirst(std::vector<Result> results) {
  std::stable_sort(results.begin(), results.end(),
                   [](const Result& a, const Result& b) { return PlaceOf(a) < PlaceOf(b); });
  return results;
}

}  // namespace pidfall
