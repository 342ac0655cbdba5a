// Real processes for a simulation, inside a sandbox.
//
//   const auto jobs = MakeJobs(commands, 8767, world);
//   SimulationLog log = Simulate(plan, *jobs);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/sandbox/sandbox.h"
#include "harness/supervisor/jobs.h"

namespace pidfall {

// One command per actor; {port}, {pid_file} and {dir} in them are filled in.
std::unique_ptr<Jobs> MakeJobs(const std::vector<std::vector<std::string>>& commands,
                               std::optional<int> port, const World& world);

}  // namespace pidfall
