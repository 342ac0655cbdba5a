#include "harness/report/simulated_facts.h"

#include "harness/incident/incident_run.h"
#include "harness/simulation/log_times.h"
#include "harness/simulation/roll_out.h"
#include "harness/simulation/simulation_log.h"

namespace pidfall {
namespace {

std::vector<SimulatedFacts::Exit> ExitsOf(const ActorLog& actor) {
  std::vector<SimulatedFacts::Exit> exits;
  for (const ExitEntry& exit : actor.exits) {
    exits.push_back({SecondsOf(exit.at), exit.pid, exit.signal != 0 ? -exit.signal : exit.status});
  }
  return exits;
}

}  // namespace

SimulatedFacts FactsOf(const std::string& variant, const SimulationLog& log,
                       const ActorLog& actor) {
  SimulatedFacts facts{.variant = variant};
  facts.starts = static_cast<int>(actor.starts.size());
  facts.exits = ExitsOf(actor);
  facts.times = TimesOf(log);
  facts.gave_up = actor.gave_up;
  if (const auto after = ServedAfter(log)) facts.served_after_s = SecondsOf(*after);
  return facts;
}

SimulatedFacts FactsOf(const std::string& variant, const SimulationLog& log) {
  if (log.actors.empty()) return {.variant = variant};
  return FactsOf(variant, log, SupervisedActor(log));
}

SimulatedFacts FactsOfSupervised(const std::string& policy, const SimulationLog& log) {
  if (!LookUpRollOut(policy) || log.actors.empty()) return FactsOf(policy, log);
  return FactsOf(policy, log, log.actors.back());
}

}  // namespace pidfall
