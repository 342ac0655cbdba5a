#include "harness/incident/simulator.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "harness/incident/log_json.h"
#include "harness/run/pool.h"
#include "harness/stage/stage.h"
#include "harness/supervisor/stage_jobs.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

// A simulation has bounds of its own; this is for one that does not keep them.
constexpr seconds kBeyondItsBounds(60);

Duration BoundOf(const SimulationPlan& plan) {
  const Duration own = plan.real_time ? plan.duration : SimulationLimits{}.whole;
  return own + kBeyondItsBounds;
}

// What all actors stand on.
Target TargetOf(const SimulationRequest& request) {
  return {.command = request.commands.at(0),
          .port = request.port,
          .pid_file = "{pid_file}",
          .as_deployed = request.as_deployed && FullSandboxWorks(),
          .folder = std::filesystem::current_path()};
}

std::vector<StartOptions> StartsOf(const SimulationRequest& request) {
  std::vector<StartOptions> starts;
  for (const auto& command : request.commands) starts.push_back({.command = command});
  return starts;
}

Story StoryOf(const SimulationRequest& request) {
  const Target target = TargetOf(request);
  SandboxOptions sandbox = SandboxFor(target);
  for (const auto& command : request.commands) sandbox.keep_visible.push_back(command.at(0));
  const auto tell = [&request, target](const World& world) {
    Stage stage(target, world);
    StageJobs jobs(stage, StartsOf(request));
    return Simulate(request.plan, jobs);
  };
  return {.sandbox = std::move(sandbox), .tell = tell, .bound = BoundOf(request.plan)};
}

SimulationLog LogOf(const Telling& telling) {
  if (telling.error.empty()) return telling.told;
  SimulationLog log;
  log.cut_short = telling.error;
  return log;
}

}  // namespace

std::vector<SimulationLog> SimulateAll(const std::vector<SimulationRequest>& requests, int jobs) {
  std::vector<Story> stories;
  stories.reserve(requests.size());
  for (const SimulationRequest& request : requests) stories.push_back(StoryOf(request));
  std::vector<std::optional<SimulationLog>> ended(requests.size());
  RunStories(stories, {.at_once = jobs},
             [&](std::size_t index, const Telling& telling) { ended[index] = LogOf(telling); });
  std::vector<SimulationLog> logs;
  for (std::size_t i = 0; i < ended.size() && ended[i]; ++i) logs.push_back(std::move(*ended[i]));
  return logs;
}

}  // namespace pidfall
