// Runs simulations on real processes, side by side, each in a sandbox of its own.
//
//   const auto logs = SimulateAll({{.plan = plan, .actors = actors, .port = 8767}}, {.jobs = 2});
//
// The caller must have one thread only: each sandbox is forked from it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulation/simulation.h"
#include "harness/simulation/stage_jobs.h"

namespace pidfall {

struct SimulationRequest {
  SimulationPlan plan;
  std::vector<StageActor> actors;  // of the plan
  std::optional<int> port;         // none: they serve by staying, unless there is a socket
  std::string socket = {};         // a unix socket's path
  std::string pid_file = "{pid_file}";
  std::vector<std::string> files = {};  // to be looked at in the end
  bool as_deployed = false;             // a program of the user's, in its own places
};

// Injected in tests, which bring servers made of rules.
using Simulator = std::function<std::vector<SimulationLog>(const std::vector<SimulationRequest>&)>;

struct SimulateOptions {
  int jobs = 1;
  // "12 of 116 simulated", for the person who waits.
  std::function<void(const std::string& line)> on_progress = [](const std::string&) {};
};

// In the order of `requests`; after an interrupt, those before the first that has nothing to show.
// SimulationLog::cut_short says which variants were not simulated, or not to their end.
std::vector<SimulationLog> SimulateAll(const std::vector<SimulationRequest>& requests,
                                       const SimulateOptions& options);

}  // namespace pidfall
