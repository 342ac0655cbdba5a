#include "harness/cli/make_jobs.h"

#include <filesystem>

#include "harness/stage/stage_jobs.h"

namespace pidfall {
namespace {

Target TargetOf(const std::vector<std::vector<std::string>>& commands, std::optional<int> port) {
  return {.command = commands.at(0),
          .port = port,
          .pid_file = "{pid_file}",
          .folder = std::filesystem::current_path()};
}

std::vector<StartOptions> StartsOf(const std::vector<std::vector<std::string>>& commands) {
  std::vector<StartOptions> starts;
  for (const auto& command : commands) starts.push_back({.command = command});
  return starts;
}

// What the jobs stand on lives as long as they do: a base is made before those after it.
struct Ground {
  Target target;
  Stage stage;
};

class GroundedJobs : private Ground, public StageJobs {
 public:
  GroundedJobs(const Target& whose, const World& world, const std::vector<StartOptions>& starts)
      : Ground{whose, Stage(target, world)}, StageJobs(stage, starts) {}
};

}  // namespace

std::unique_ptr<Jobs> MakeJobs(const std::vector<std::vector<std::string>>& commands,
                               std::optional<int> port, const World& world) {
  return std::make_unique<GroundedJobs>(TargetOf(commands, port), world, StartsOf(commands));
}

}  // namespace pidfall
