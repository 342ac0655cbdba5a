// Whether a safeguard and a supervisor come to rest: clause C11, judged from what happened.
//
//   for (const std::string& breach : ConvergenceBreaches(log)) ...
//
// No exit status is right under every supervisor, so none is looked at: what counts is how often
// contenders were started beside a live owner, and how soon somebody served once it had gone.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/supervisor/simulation_log.h"

namespace pidfall {

struct ConvergenceBounds {
  int starts = 2;  // beside a live owner, in any ten minutes
  SupervisorTime served_within = std::chrono::seconds(20);  // two throttle intervals of launchd
};

std::vector<std::string> ConvergenceBreaches(const SimulationLog& log,
                                             const ConvergenceBounds& bounds = {});

// The most starts in any ten minutes that a supervisor made beside another actor that served.
int MostStartsBesideAnOwner(const SimulationLog& log);

}  // namespace pidfall
