#include "harness/incident/incident_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "harness/supervisor/convergence.h"

namespace pidfall {
namespace {

constexpr int kPort = 8767;  // free in every sandbox of its own
constexpr const char* kConvergence = "C11";

// One variant with one guard, before it has run.
struct Pairing {
  const IncidentVariant* variant = nullptr;
  const IncidentGuard* guard = nullptr;  // none: a command of the user's
};

std::vector<Pairing> Pairings(const Incident& incident, bool yours) {
  std::vector<Pairing> pairings;
  for (const IncidentVariant& variant : incident.variants) {
    if (yours) pairings.push_back({&variant, nullptr});
    if (yours) continue;
    for (const IncidentGuard& guard : incident.guards) pairings.push_back({&variant, &guard});
  }
  return pairings;
}

SimulationRequest RequestFor(const Incident& incident, const Pairing& pairing,
                             const IncidentOptions& options) {
  SimulationRequest request{.plan = pairing.variant->plan, .commands = {}, .port = kPort};
  request.plan.real_time = options.real_time;
  if (pairing.guard != nullptr) {
    request.commands = CommandsOf(incident, *pairing.guard, options.servers);
  } else {
    request.commands.assign(request.plan.actors.size(), options.command);
    request.port = options.port;
    request.as_deployed = true;
  }
  return request;
}

std::string PolicyOf(const IncidentVariant& variant) {
  for (const Actor& actor : variant.plan.actors) {
    if (actor.policy) return actor.policy->Describe();
  }
  return "no supervisor";
}

// As the file expects: a fail where it names the clause that the outcome breaks.
void JudgeExpected(const ExpectedOutcome& expected, const SimulationLog& log, Result* result) {
  const auto differences = Differences(expected, log);
  const bool fails = !expected.breaks.empty();
  result->expected = fails ? "fail " + expected.breaks : "pass";
  result->clauses = {fails ? expected.breaks : kConvergence};
  result->surprise = !differences.empty();
  result->verdict = fails || result->surprise ? Verdict::kFail : Verdict::kPass;
  result->summary =
      result->surprise ? fmt::format("{}", fmt::join(differences, "; ")) : expected.why;
}

void JudgeConvergence(const SimulationLog& log, Result* result) {
  const auto breaches = ConvergenceBreaches(log);
  result->clauses = {kConvergence};
  result->verdict = breaches.empty() ? Verdict::kPass : Verdict::kFail;
  if (breaches.empty()) return;
  result->clauses = {breaches.front().clause};
  for (const auto& [clause, summary] : breaches) {
    result->summary += (result->summary.empty() ? "" : "; ") + summary;
  }
}

Result JudgeCell(const Pairing& pairing, const SimulationLog& log) {
  Result result;
  if (pairing.guard != nullptr) {
    JudgeExpected(pairing.variant->expected.at(pairing.guard->name), log, &result);
  } else {
    JudgeConvergence(log, &result);
  }
  const bool yours = pairing.guard == nullptr;
  if (!log.cut_short && (!yours || EverServed(log))) return result;
  result.verdict = Verdict::kBroken;
  result.surprise = false;
  result.summary = log.cut_short.value_or("your command never served");
  return result;
}

IncidentCell CellOf(const Incident& incident, const IncidentOptions& options,
                    const Pairing& pairing, SimulationLog log) {
  Result result = JudgeCell(pairing, log);
  result.scenario = fmt::format("incident/{} ({})", incident.id, pairing.variant->name);
  result.family = "incident";
  result.guard = pairing.guard != nullptr ? pairing.guard->name : "yours";
  result.duration_ms = std::chrono::duration<double, std::milli>(log.real).count();
  result.reproduce = options.reproduce;
  for (const ActorLog& actor : log.actors) {
    result.evidence.push_back(fmt::format("saw {}: {}", actor.name, Summary(log, actor)));
  }
  for (const std::string& note : log.notes) result.evidence.push_back("saw " + note);
  const std::string guard = result.guard;
  return {pairing.variant->name, PolicyOf(*pairing.variant), guard, std::move(log),
          std::move(result)};
}

}  // namespace

std::vector<IncidentCell> RunIncident(const Incident& incident, const IncidentOptions& options,
                                      const Simulator& simulate) {
  const auto pairings = Pairings(incident, !options.command.empty());
  std::vector<SimulationRequest> requests;
  requests.reserve(pairings.size());
  for (const Pairing& pairing : pairings) {
    requests.push_back(RequestFor(incident, pairing, options));
  }
  std::vector<SimulationLog> logs = simulate(requests);
  std::vector<IncidentCell> cells;
  for (std::size_t i = 0; i < std::min(logs.size(), pairings.size()); ++i) {
    cells.push_back(CellOf(incident, options, pairings[i], std::move(logs[i])));
  }
  return cells;
}

const ActorLog& SupervisedActor(const SimulationLog& log) {
  const auto found = std::find_if(log.actors.begin(), log.actors.end(),
                                  [](const ActorLog& actor) { return actor.supervised; });
  return found != log.actors.end() ? *found : log.actors.front();
}

std::vector<Result> ResultsOf(const std::vector<IncidentCell>& cells) {
  std::vector<Result> results;
  results.reserve(cells.size());
  for (const IncidentCell& cell : cells) results.push_back(cell.result);
  return results;
}

}  // namespace pidfall
