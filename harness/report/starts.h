// Every start of a simulation, in order, and how it ended.
//
//   StartsText(log)
//
//     less than 1 ms  by-hand    pid 3      signal 15 after 8 min, told to end
//     1 s             agent      pid 5      status 1 after 0.05 s
//     8 min           agent      pid 9      still runs
#pragma once

#include <string>

#include "harness/simulation/simulation_log.h"

namespace pidfall {

std::string StartsText(const SimulationLog& log);

}  // namespace pidfall
