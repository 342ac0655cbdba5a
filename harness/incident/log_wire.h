// A simulation's log on its way out of the sandbox.
//
//   const SimulationLog log = DecodeLog(EncodeLog(Simulate(plan, jobs)));
#pragma once

#include <string>

#include "harness/supervisor/simulation_log.h"

namespace pidfall {

std::string EncodeLog(const SimulationLog& log);
// Throws std::runtime_error for anything that EncodeLog did not write.
SimulationLog DecodeLog(const std::string& wire);

}  // namespace pidfall
