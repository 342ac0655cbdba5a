// Whether a safeguard and a supervisor come to rest: clause C11, and also C1. The only place that
// judges it, for scenarios and for incidents.
//
//   for (const ConvergenceBreach& breach : ConvergenceBreaches(log)) ...   // {"C11", "the ..."}
//
// No exit status is right under every supervisor, so none is judged. What counts is how often
// contenders were started beside a live owner, and how soon another copy served after its end.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulation/simulation_log.h"

namespace pidfall {

struct ConvergenceBounds {
  int starts = 2;  // beside a live owner, in any ten minutes
  SupervisorTime served_within = std::chrono::seconds(20);  // two throttle intervals of launchd
  bool serves_again = true;  // false where nothing is restarted: then no take-over is required
};

struct ConvergenceBreach {
  std::string clause;
  std::string summary;
  bool operator==(const ConvergenceBreach&) const = default;
};

std::vector<ConvergenceBreach> ConvergenceBreaches(const SimulationLog& log,
                                                   const ConvergenceBounds& bounds = {});

// Why a command alone under its supervisor does not come to rest; none where it does. It
// failed and never served, or ended by itself more often than `bounds` allows.
std::optional<std::string> RestartLoop(const SimulationLog& log,
                                       const ConvergenceBounds& bounds = {});

// The most starts in any ten minutes that a supervisor made while some copy served.
int MostStartsBesideAnOwner(const SimulationLog& log);

}  // namespace pidfall
