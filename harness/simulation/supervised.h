// The incident's two copies on a stage: one under a supervisor, one started by hand.
//
//   const SimulationLog log = Supervise(stage, "launchd:keepalive", FirstCopy::kByHand);
//   const auto breaches = ConvergenceBreaches(log);
#pragma once

#include <string>

#include "harness/simulation/simulation_log.h"
#include "harness/stage/stage.h"

namespace pidfall {

enum class FirstCopy {
  kByHand,  // the agent is loaded a second later; the copy by hand is stopped after ten minutes
  kAgent,   // the copy by hand is started a minute later; the agent is killed after ten minutes
};

// Ten minutes with a live owner, and two without the first one; shorter where the agent is in a
// loop by then. The log is in the evidence.
// `policy` is a name or a file that LookUpPolicy takes.
SimulationLog Supervise(Stage& stage, const std::string& policy, FirstCopy first);

}  // namespace pidfall
