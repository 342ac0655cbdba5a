// A simulation's log as JSON, which is how it leaves its sandbox (run/pool.h).
//
//   const nlohmann::json told = log;
//   const SimulationLog again = told;   // throws nlohmann::json::exception for anything else
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/simulation/simulation_log.h"

namespace pidfall {

void to_json(nlohmann::json& json, const SimulationLog& log);
void from_json(const nlohmann::json& json, SimulationLog& log);

}  // namespace pidfall
