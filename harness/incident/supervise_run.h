// A user's command under a supervisor's rules, as a request to simulate and a result of it.
//
//   const SimulationRequest request = SuperviseRequest("docker:on-failure:3", {"web"}, 10min);
//   const Result result = SuperviseResult(SimulateAll({request}, {}).front());
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/incident/simulator.h"
#include "harness/run/result.h"

namespace pidfall {

// `command` empty: the one that the policy's file names. Throws BadInput where that names none.
SimulationRequest SuperviseRequest(const std::string& policy_name,
                                   const std::vector<std::string>& command,
                                   std::chrono::nanoseconds window);

// Judged by C11 alone.
Result SuperviseResult(const SimulationLog& log);

}  // namespace pidfall
