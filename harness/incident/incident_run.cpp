#include "harness/incident/incident_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>

#include "harness/incident/differences.h"
#include "harness/process/elapsed.h"
#include "harness/simulation/convergence.h"

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

std::vector<std::string> FilesOf(const IncidentVariant& variant) {
  std::set<std::string> files;
  for (const auto& [guard, expected] : variant.expected) {
    for (const auto& [file, said] : expected.files) files.insert(file);
  }
  return {files.begin(), files.end()};
}

SimulationRequest RequestFor(const Incident& incident, const Pairing& pairing,
                             const IncidentOptions& options) {
  SimulationRequest request{.plan = pairing.variant->plan, .actors = {}, .port = std::nullopt};
  request.plan.real_time = options.real_time;
  request.files = FilesOf(*pairing.variant);
  for (Event& event : request.plan.events) {
    event.change.file = WithServers(event.change.file, options.servers);
    event.change.text = WithServers(event.change.text, options.servers);
  }
  if (pairing.guard != nullptr) {
    request.actors = ActorsOf(incident, *pairing.guard, options.servers);
    request.socket = incident.socket;
    if (Mentions(incident, "{port}")) request.port = kPort;
  } else {
    request.actors = ActorsOf(incident, options.command, options.servers);
    request.port = options.port;
    request.pid_file = options.pid_file.value_or("{pid_file}");
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

// The owners at one instant that the last guard, the fixed one, is allowed.
int MostOwnersAllowed(const Incident& incident, const IncidentVariant& variant) {
  if (incident.guards.empty()) return 1;
  const ExpectedOutcome& fixed = variant.expected.at(incident.guards.back().name);
  return fixed.owners ? fixed.owners->most : 1;
}

// For a command of the user's, which has been seen to serve where nothing is in its way.
std::vector<ConvergenceBreach> BreachesOf(const Incident& incident, const IncidentVariant& variant,
                                          const SimulationLog& log) {
  std::vector<ConvergenceBreach> breaches = ConvergenceBreaches(log);
  if (MostOwners(log) <= MostOwnersAllowed(incident, variant)) {
    std::erase_if(breaches, [](const ConvergenceBreach& breach) { return breach.clause == "C1"; });
  }
  for (const ActorLog& actor : log.actors) {
    if (actor.signals.empty()) continue;
    breaches.push_back(
        {"C5", fmt::format("{}, a stranger, got {}", actor.name, fmt::join(actor.signals, ", "))});
  }
  if (!EverServed(log)) breaches.push_back({"C3", "it never served"});
  return breaches;
}

void JudgeYours(const std::vector<ConvergenceBreach>& breaches, Result* result) {
  result->clauses = {kConvergence};
  result->verdict = breaches.empty() ? Verdict::kPass : Verdict::kFail;
  if (breaches.empty()) return;
  result->clauses = {breaches.front().clause};
  for (const auto& [clause, summary] : breaches) {
    result->summary += (result->summary.empty() ? "" : "; ") + summary;
  }
}

Result JudgeCell(const Incident& incident, const Pairing& pairing, const SimulationLog& log) {
  Result result;
  if (log.skipped || log.cut_short) {
    result.verdict = log.skipped ? Verdict::kSkip : Verdict::kBroken;
    result.summary = log.skipped ? *log.skipped : *log.cut_short;
  } else if (pairing.guard != nullptr) {
    JudgeExpected(pairing.variant->expected.at(pairing.guard->name), log, &result);
  } else {
    JudgeYours(BreachesOf(incident, *pairing.variant, log), &result);
  }
  return result;
}

IncidentCell CellOf(const Incident& incident, const IncidentOptions& options,
                    const Pairing& pairing, SimulationLog log) {
  Result result = JudgeCell(incident, pairing, log);
  result.scenario = fmt::format("incident/{} ({})", incident.id, pairing.variant->name);
  result.family = "incident";
  result.guard = pairing.guard != nullptr ? pairing.guard->name : "yours";
  result.duration_ms = Milliseconds(log.real);
  if (options.reproduce) result.reproduce = options.reproduce(incident);
  for (const ActorLog& actor : log.actors) {
    result.evidence.push_back(fmt::format("saw {}: {}", actor.name, Summary(log, actor)));
  }
  for (const std::string& note : log.notes) result.evidence.push_back("saw " + note);
  const std::string guard = result.guard;
  return {pairing.variant->name, PolicyOf(*pairing.variant), guard, std::move(log),
          std::move(result)};
}

}  // namespace

std::vector<std::vector<IncidentCell>> RunIncidents(const std::vector<Incident>& incidents,
                                                    const IncidentOptions& options,
                                                    const Simulator& simulate) {
  std::vector<SimulationRequest> requests;
  std::vector<std::vector<Pairing>> pairings;
  for (const Incident& incident : incidents) {
    pairings.push_back(Pairings(incident, !options.command.empty()));
    for (const Pairing& pairing : pairings.back()) {
      requests.push_back(RequestFor(incident, pairing, options));
    }
  }
  std::vector<SimulationLog> logs = simulate(requests);
  std::vector<std::vector<IncidentCell>> all;
  std::size_t next = 0;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    std::vector<IncidentCell>& cells = all.emplace_back();
    for (const Pairing& pairing : pairings[i]) {
      if (next == logs.size()) return all;
      cells.push_back(CellOf(incidents[i], options, pairing, std::move(logs[next++])));
    }
  }
  return all;
}

std::vector<IncidentCell> RunIncident(const Incident& incident, const IncidentOptions& options,
                                      const Simulator& simulate) {
  return RunIncidents({incident}, options, simulate).at(0);
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
