#include "harness/simulation/supervised.h"

#include <algorithm>

#include "harness/simulation/log_times.h"
#include "harness/simulation/simulation.h"
#include "harness/simulation/stage_jobs.h"
#include "harness/stage/expect.h"
#include "harness/stage/story_end.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kByHand = 0;
constexpr std::size_t kAgent = 1;
constexpr minutes kWithOwner(10);
constexpr minutes kWithoutOwner(2);

// A loop: where a start may take seconds, fifty more of it would tell nothing new. The bundled
// servers go on, unless they were built to be slow.
constexpr int kLoopingStarts = 10;
constexpr seconds kTimeForMore(20);

std::vector<Event> EventsOf(FirstCopy first) {
  if (first == FirstCopy::kByHand) {
    return {{.at = seconds(0), .action = Action::kStart, .actor = kByHand},
            {.at = seconds(1), .action = Action::kLoad, .actor = kAgent},
            {.at = kWithOwner, .action = Action::kStop, .actor = kByHand}};
  }
  return {{.at = seconds(0), .action = Action::kLoad, .actor = kAgent},
          {.at = minutes(1), .action = Action::kStart, .actor = kByHand},
          {.at = kWithOwner, .action = Action::kKill, .actor = kAgent}};
}

std::string Told(const std::string& policy, FirstCopy first) {
  return policy +
         (first == FirstCopy::kByHand
              ? ": a copy by hand, 1 s later the agent; after 10 min the copy is stopped"
              : ": the agent, 1 min later a copy by hand; after 10 min the agent is killed");
}

// A start that sleeps while it loads takes no longer than it did alone.
SimulationLimits LimitsFor(const Stage& stage) {
  SimulationLimits limits;
  limits.timed_wait = BoundOfStart(stage, limits.timed_wait);
  return limits;
}

// A launcher has ended, and what it left goes on. Under these policies the job has ended then.
bool GoesToBackground(const Stage& stage) {
  return std::any_of(stage.instances().begin(), stage.instances().end(), [](const Instance& start) {
    return start.ended() && !start.Processes().empty();
  });
}

void NeedServing(const Stage& stage, const SimulationLog& log, const StageJobs& jobs) {
  if (EverServed(log) || jobs.StartsBesideAnOwner() > 0) return;
  if (GoesToBackground(stage)) throw NotApplicable("it goes to the background, unsupervised");
  throw Broken("the target never served");
}

}  // namespace

SimulationLog Supervise(Stage& stage, const std::string& policy, FirstCopy first) {
  const std::shared_ptr<const Policy> rules = LookUpPolicy(policy);
  StageJobs jobs(stage, std::vector<StageActor>(2));
  const auto began = std::chrono::steady_clock::now();
  const auto loops = [&] {
    const bool slow = std::chrono::steady_clock::now() - began > kTimeForMore;
    return (stage.target().as_deployed || slow) && jobs.StartsBesideAnOwner() >= kLoopingStarts;
  };
  stage.Did(Told(rules->Describe(), first));
  SimulationLog log = Simulate({.actors = {{"by hand", nullptr}, {"agent", rules}},
                                .events = EventsOf(first),
                                .duration = kWithOwner + kWithoutOwner,
                                .is_decided = loops},
                               jobs, LimitsFor(stage));
  for (const ActorLog& actor : log.actors) stage.Saw(actor.name + ": " + Summary(log, actor));
  for (const std::string& note : log.notes) stage.Saw(note);
  stage.evidence().chronicle().Replace(TimesOf(log));
  if (log.cut_short) throw Broken(*log.cut_short);
  NeedServing(stage, log, jobs);
  return log;
}

}  // namespace pidfall
