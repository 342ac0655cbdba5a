#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/page_notes.h"
#include "harness/cli/picture_file.h"
#include "harness/cli/run_with_progress.h"
#include "harness/incident/find_incident.h"
#include "harness/incident/incidents_folder.h"
#include "harness/input/bad_input.h"
#include "harness/process/elapsed.h"
#include "harness/process/program_folder.h"
#include "harness/report/findings.h"
#include "harness/report/incident_summary.h"
#include "harness/report/reproduce.h"
#include "harness/report/summary.h"
#include "harness/report/table.h"
#include "harness/run/pool.h"
#include "harness/run/runner.h"
#include "harness/sandbox/features.h"
#include "harness/target/bundled.h"
#include "scenarios/catalogue.h"
#include "scenarios/expected.h"
#include "scenarios/select.h"

namespace pidfall {
namespace {

constexpr const char* kFirstIncident = "2025-12-22-port-conflict";

struct RunCommand {
  std::string program;  // how the user called us
  CommonOptions common;
  std::vector<std::string> guards;
  std::string server;
  PictureOptions picture;
};

Case MakeCase(const RunCommand& options, const Scenario& scenario, const std::string& guard) {
  return {.scenario = &scenario,
          .target = BundledTarget(options.server, guard),
          .server = options.server,
          .guard = guard,
          .expected = Words(BuiltInExpected().For(guard, std::string(scenario.id))),
          .reproduce = RunCommandLine(options.program, options.server, guard, scenario.id)};
}

// In their own order and each once, also when it was named twice.
std::vector<std::string> InOrder(const std::vector<std::string>& asked) {
  std::vector<std::string> guards;
  for (const std::string& guard : Strategies()) {
    if (std::find(asked.begin(), asked.end(), guard) != asked.end()) guards.push_back(guard);
  }
  return guards;
}

// Scenario by scenario: so a shard has every strategy, and an interrupted run has whole rows.
std::vector<Case> Cases(const RunCommand& options, const std::vector<const Scenario*>& scenarios) {
  std::vector<Case> cases;
  std::size_t position = 0;
  for (const Scenario* scenario : scenarios) {
    if (!options.common.shard.Has(position++)) continue;
    for (const std::string& guard : InOrder(options.guards)) {
      cases.insert(cases.end(), static_cast<std::size_t>(options.common.repeat),
                   MakeCase(options, *scenario, guard));
    }
  }
  return cases;
}

std::vector<Result> RunAndJudge(const std::vector<Case>& cases, const CommonOptions& common) {
  auto results = RunWithProgress(cases, {.jobs = common.jobs, .keep = common.keep});
  for (Result& result : results) {
    Judge(BuiltInExpected().For(result.guard, result.scenario), &result);
  }
  return results;
}

Advice AdviceOnExpected(const Result& result) {
  Advice advice;
  if (!result.surprise) {
    advice.known = BuiltInExpected().For(result.guard, result.scenario).because;
  }
  if (const Scenario* scenario = FindScenario(result.scenario)) advice.harm = scenario->harm;
  return advice;
}

void PrintResults(const Outputs& outputs, const std::vector<Result>& results, bool verbose) {
  const TableHead head{.version = PIDFALL_VERSION, .sandbox = SandboxName()};
  outputs.Print(RunTable(results, head, outputs.paint()));
  for (const Result* finding : Findings(results, verbose)) {
    outputs.Print(FindingText(*finding, AdviceOnExpected(*finding), outputs.paint(), verbose));
  }
  if (verbose) outputs.Print(ReasonsText(results, Verdict::kNotApplicable));
  outputs.Print(ReasonsText(results, Verdict::kSkip) + KeptText(results));
}

// The incident is part of a whole run, not of a run of a few scenarios.
std::vector<Result> RunFirstIncident(const RunCommand& options, const Outputs& outputs) {
  const CommonOptions& common = options.common;
  const bool whole = common.scenarios.empty() && common.excepts.empty() && common.shard.index == 1;
  if (!whole || Interrupted()) return {};
  const InterruptGuard guard;
  const Incident incident = FindIncident(IncidentsFolder(), kFirstIncident);
  const auto cells = RunIncident(
      incident,
      {.servers = ServersFolder(),
       .reproduce =
           [&](const Incident& one) { return IncidentCommandLine(options.program, {one.id}); }},
      [&](const auto& requests) { return SimulateAll(requests, {.jobs = common.jobs}); });
  outputs.Print(IncidentSummary(incident, cells, outputs.paint()));
  return ResultsOf(cells);
}

int Report(const RunCommand& options, const StoryFiles& files, std::vector<Result> results,
           std::chrono::steady_clock::time_point start) {
  const Outputs& outputs = files.outputs;
  const CommonOptions& common = options.common;
  PrintResults(outputs, results, common.verbose);
  const std::vector<Result> incident = RunFirstIncident(options, outputs);
  results.insert(results.end(), incident.begin(), incident.end());
  outputs.Print(RunSummary(results, MillisecondsSince(start), Interrupted()) + '\n');
  outputs.WriteFiles({PIDFALL_VERSION, "run", SandboxName()}, results, NotesOn(results));
  files.Draw(results, options.server);
  return ExitStatusOf(results, {.no_skip = common.no_skip, .interrupted = Interrupted()});
}

void CheckExpectedNames() {
  std::vector<std::string> scenarios;
  for (const Scenario& scenario : Catalogue()) scenarios.emplace_back(scenario.id);
  BuiltInExpected().CheckNames(Strategies(), scenarios);
}

int Run(const RunCommand& options) {
  const auto start = std::chrono::steady_clock::now();
  const CommonOptions& common = options.common;
  const auto scenarios = Select(Catalogue(), common.scenarios, common.excepts);
  const StoryFiles files{.outputs = Outputs(common), .picture = PictureFile(options.picture)};
  const Outputs& outputs = files.outputs;
  if (common.list) {
    outputs.Print(ListText(scenarios, common.verbose));
    return kAsItShouldBe;
  }
  CheckExpectedNames();
  return Report(options, files, RunAndJudge(Cases(options, scenarios), common), start);
}

std::vector<std::string> KnownOrNone(const std::vector<std::string>& (*names)()) {
  try {
    return names();
  } catch (const BadInput&) {
    return {};
  }
}

}  // namespace

void AddRunCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<RunCommand>();
  // A program whose target files are missing can still check the user's command.
  const auto servers = KnownOrNone(BundledServers), guards = KnownOrNone(Strategies);
  options->guards = guards;
  options->server = servers.empty() ? "" : servers.front();
  CLI::App* run = app->add_subcommand("run", "Every scenario on the bundled servers, per strategy");
  run->add_option("--guard", options->guards, "Only these guards, several times")
      ->check(CLI::IsMember(guards))
      ->allow_extra_args(false);
  run->add_option("--server", options->server, "One of the bundled servers")
      ->check(CLI::IsMember(servers))
      ->capture_default_str();
  DeclareCommon(run, &options->common);
  DeclarePicture(run, &options->picture);
  run->callback([=] {
    RefuseCommand(invocation->command, "run");
    options->program = invocation->program;
    invocation->action = [=] { return Run(*options); };
  });
}

}  // namespace pidfall
