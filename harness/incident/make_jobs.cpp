#include "harness/incident/make_jobs.h"

#include <filesystem>

#include "harness/supervisor/stage_jobs.h"

namespace pidfall {
namespace {

std::vector<StartOptions> StartsOf(const Commands& commands) {
  std::vector<StartOptions> starts;
  for (const auto& command : commands) starts.push_back({.command = command});
  return starts;
}

// The stage lives as long as the jobs on it: a base is made before those after it.
struct OwnStage {
  Stage own_stage;
};

class JobsOnOwnStage : private OwnStage, public StageJobs {
 public:
  JobsOnOwnStage(const Target& target, const World& world, const std::vector<StartOptions>& starts)
      : OwnStage{Stage(target, world)}, StageJobs(own_stage, starts) {}
};

}  // namespace

Ground GroundFor(const Commands& commands, std::optional<int> port, bool as_deployed) {
  const Target target{.command = commands.at(0),
                      .port = port,
                      .pid_file = "{pid_file}",
                      .as_deployed = as_deployed && FullSandboxWorks(),
                      .folder = std::filesystem::current_path()};
  Ground ground{.target = target, .sandbox = SandboxFor(target)};
  for (const auto& command : commands) {
    ground.sandbox.keep_visible.push_back(command.at(0));
  }
  return ground;
}

std::unique_ptr<Jobs> MakeJobs(const Ground& ground, const Commands& commands, const World& world) {
  return std::make_unique<JobsOnOwnStage>(ground.target, world, StartsOf(commands));
}

}  // namespace pidfall
