// The supervisors of this machine, each with its files for a bench.
//
//   for (const RealSupervisor& real : RealSupervisors()) ... real.prepare(bench, jobs)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/calibrate/bench.h"
#include "harness/supervisor/policy.h"

namespace pidfall {

struct RealSupervisor {
  const char* name;
  const char* program;                // in PATH, or it is skipped
  std::vector<std::string> settings;  // each one is run
  // Writes the supervisor's files.
  BenchStart (*prepare)(const Bench& bench, const std::vector<BenchJob>& jobs);
  // By those very files, where the policy reads any.
  std::unique_ptr<Policy> (*policy)(const BenchJob& job);
  SupervisorTime late;  // as coarse as its own clock is
  bool needs_root = false;
};

const std::vector<RealSupervisor>& RealSupervisors();

}  // namespace pidfall
