#include "harness/incident/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "harness/faults/disk.h"
#include "harness/incident/log_json.h"
#include "harness/input/duration.h"
#include "harness/run/pool.h"
#include "harness/simulation/stage_jobs.h"
#include "harness/stage/stage.h"
#include "harness/stage/story_end.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

// A simulation has bounds of its own; this is for one that does not keep them.
constexpr seconds kBeyondItsBounds(60);

Duration BoundOf(const SimulationPlan& plan) {
  const Duration own = plan.real_time ? plan.duration : SimulationLimits{}.whole;
  return own + kBeyondItsBounds;
}

// The first that has a command; what all actors stand on.
const StageActor& FirstServer(const SimulationRequest& request) {
  return *std::find_if(request.actors.begin(), request.actors.end(),
                       [](const StageActor& actor) { return !actor.is_bystander; });
}

Target TargetOf(const SimulationRequest& request) {
  return {.command = FirstServer(request).start.command,
          .port = request.port,
          .pid_file = request.pid_file,
          .as_deployed = request.as_deployed && FullSandboxWorks(),
          .folder = std::filesystem::current_path()};
}

bool FillsDisk(const SimulationPlan& plan) {
  return std::any_of(plan.events.begin(), plan.events.end(), [](const Event& event) {
    return event.action == Action::kChange && event.change.kind == Change::Kind::kFillDisk;
  });
}

SimulationLog SimulateIn(const World& world, const SimulationRequest& request, Target target) {
  const Places places{.folder = world.folder + "/run"};
  if (!request.socket.empty()) target.unix_socket = FillIn({request.socket}, places).front();
  Stage stage(target, world);
  if (FillsDisk(request.plan)) MountSmallDisk(stage);
  if (!target.as_deployed) std::filesystem::create_directory(stage.folder() + "/run");
  StageJobs jobs(stage, request.actors);
  SimulationPlan plan = request.plan;
  plan.on_news = [](const SimulationLog& so_far) { TellNews(so_far); };
  SimulationLog log = Simulate(plan, jobs);
  jobs.Complete(&log, request.files);
  return log;
}

SimulationLog Skipped(const std::string& why) {
  SimulationLog log;
  log.skipped = why;
  return log;
}

Story StoryOf(const SimulationRequest& request) {
  const Target target = TargetOf(request);
  SandboxOptions sandbox = SandboxFor(target);
  for (const StageActor& actor : request.actors) {
    if (!actor.is_bystander) sandbox.keep_visible.push_back(actor.start.command.at(0));
  }
  const auto tell = [&request, target](const World& world) {
    try {
      return SimulateIn(world, request, target);
    } catch (const Skip& skip) {
      return Skipped(skip.what());
    } catch (const NotApplicable& missing) {
      return Skipped(missing.what());
    }
  };
  return {.sandbox = std::move(sandbox), .tell = tell, .bound = BoundOf(request.plan)};
}

SimulationLog LogOf(const StoryResult& outcome) {
  if (outcome.error.empty()) return outcome.told;
  SimulationLog log;
  log.cut_short = outcome.error;
  return log;
}

std::string HowFar(const SimulationRequest& request, const SimulationLog& log) {
  std::size_t starts = 0;
  for (const ActorLog& actor : log.actors) starts += actor.starts.size();
  return fmt::format("{} of {} simulated, {} starts", FormatDuration(log.duration),
                     FormatDuration(request.plan.duration), starts);
}

// A log that is still there when all has ended was interrupted.
SimulationLog LogOfInterrupted(const SimulationRequest& request, SimulationLog so_far) {
  so_far.cut_short = "interrupted after " + HowFar(request, so_far);
  return so_far;
}

}  // namespace

std::vector<SimulationLog> SimulateAll(const std::vector<SimulationRequest>& requests,
                                       const SimulateOptions& options) {
  std::vector<Story> stories;
  stories.reserve(requests.size());
  for (const SimulationRequest& request : requests) stories.push_back(StoryOf(request));
  std::vector<std::optional<SimulationLog>> known(requests.size());
  std::size_t ended = 0;
  const auto note_news = [&](std::size_t index, const nlohmann::json& news) {
    known[index] = LogOfInterrupted(requests[index], news);
    if (requests.size() == 1) options.on_progress(HowFar(requests[index], *known[index]));
  };
  const auto note_end = [&](std::size_t index, const StoryResult& outcome) {
    known[index] = LogOf(outcome);
    options.on_progress(fmt::format("{} of {} simulated", ++ended, requests.size()));
  };
  RunStories(stories, {.at_once = options.jobs, .on_news = note_news}, note_end);
  std::vector<SimulationLog> logs;
  for (std::size_t i = 0; i < known.size() && known[i]; ++i) logs.push_back(std::move(*known[i]));
  return logs;
}

}  // namespace pidfall
