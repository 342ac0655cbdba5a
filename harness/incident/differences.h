// The ways in which an incident's outcome differs from the expected one.
//
//   for (const std::string& surprise : Differences(variant.expected.at(guard.name), log)) ...
#pragma once

#include <string>
#include <vector>

#include "harness/incident/incident.h"
#include "harness/simulation/simulation_log.h"

namespace pidfall {

// A sentence for each.
std::vector<std::string> Differences(const ExpectedOutcome& expected, const SimulationLog& log);

}  // namespace pidfall
