// Real processes for a simulation, inside a sandbox.
//
//   const Ground ground = GroundFor(commands, 8767, false);
//   Sandbox::Open(ground.sandbox, [&](const World& world) {
//     const auto jobs = MakeJobs(ground, commands, world);
//     return EncodeLog(Simulate(plan, *jobs));
//   });
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/sandbox/sandbox.h"
#include "harness/supervisor/jobs.h"
#include "harness/target/target.h"

namespace pidfall {

using Commands = std::vector<std::vector<std::string>>;  // one per actor

// What all actors stand on.
struct Ground {
  Target target;
  SandboxOptions sandbox;
};

// `as_deployed`: in a copy-on-write view of the machine, where that can be had.
Ground GroundFor(const Commands& commands, std::optional<int> port, bool as_deployed);

// {port}, {pid_file} and {dir} in the commands are filled in. `ground` must outlive the jobs.
std::unique_ptr<Jobs> MakeJobs(const Ground& ground, const Commands& commands, const World& world);

}  // namespace pidfall
