#include "harness/report/axis.h"

#include <fmt/format.h>

#include <chrono>

namespace pidfall {

using namespace std::chrono_literals;

SupervisorTime Tick(SupervisorTime duration, int most_labels) {
  static constexpr SupervisorTime kNice[] = {1s,    2s,    5s,    10s, 15s, 30s, 1min, 2min, 5min,
                                             10min, 15min, 30min, 1h,  2h,  6h,  12h,  24h};
  // A drawing of whole seconds has no parts of seconds on its axis.
  for (SupervisorTime tick : {1ms, 2ms, 5ms, 10ms, 20ms, 50ms, 100ms, 200ms, 500ms}) {
    if (duration < 1s && tick * most_labels >= duration) return tick;
  }
  for (const SupervisorTime tick : kNice) {
    if (tick * most_labels >= duration) return tick;
  }
  return duration;
}

std::string AxisLabel(SupervisorTime at, SupervisorTime tick) {
  if (tick < 1s) {
    return fmt::format("{}ms", std::chrono::duration_cast<std::chrono::milliseconds>(at).count());
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at).count();
  if (seconds == 0) return tick < 1min ? "0s" : "0m";
  if (seconds % 3600 == 0) return fmt::format("{}h", seconds / 3600);
  return seconds % 60 == 0 ? fmt::format("{}m", seconds / 60) : fmt::format("{}s", seconds);
}

}  // namespace pidfall
