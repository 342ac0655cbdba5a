// Runs simulations on real processes, side by side, each in a sandbox of its own.
//
//   const auto logs = SimulateAll({{.plan = plan, .commands = commands, .port = 8767}}, 2);
//
// The caller must have one thread only: each sandbox is forked from it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/supervisor/simulation.h"

namespace pidfall {

struct SimulationRequest {
  SimulationPlan plan;
  std::vector<std::vector<std::string>> commands;  // one per actor of the plan
  std::optional<int> port;                         // none: they serve by staying
  bool as_deployed = false;                        // a program of the user's, in its own places
};

// Injected in tests, which bring servers made of rules.
using Simulator = std::function<std::vector<SimulationLog>(const std::vector<SimulationRequest>&)>;

// In the order of `requests`; after an interrupt, those before the first that had not ended. What
// could not be simulated says so in SimulationLog::cut_short.
std::vector<SimulationLog> SimulateAll(const std::vector<SimulationRequest>& requests, int jobs);

}  // namespace pidfall
