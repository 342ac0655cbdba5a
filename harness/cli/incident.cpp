#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/picture_file.h"
#include "harness/cli/print.h"
#include "harness/cli/target_options.h"
#include "harness/cli/terminal.h"
#include "harness/incident/find_incident.h"
#include "harness/incident/incident_file.h"
#include "harness/incident/incident_run.h"
#include "harness/incident/incident_template.h"
#include "harness/incident/incidents_folder.h"
#include "harness/incident/simulator.h"
#include "harness/input/bad_input.h"
#include "harness/process/elapsed.h"
#include "harness/process/program_folder.h"
#include "harness/report/findings.h"
#include "harness/report/incident_charts.h"
#include "harness/report/incident_text.h"
#include "harness/report/progress.h"
#include "harness/report/reproduce.h"
#include "harness/report/simulated_facts.h"
#include "harness/report/summary.h"
#include "harness/run/pool.h"
#include "harness/sandbox/features.h"

namespace pidfall {
namespace {

struct IncidentCommand {
  std::string program;  // how the user called us
  CommonOptions common;
  PictureOptions picture;
  std::string mechanism;
  std::string policy;
  std::string which;                // an id, an address or a file
  std::vector<std::string> chosen;  // the same, of `run`
  bool markdown = false;
  bool all = false;
  bool real_time = false;
  std::optional<int> port;  // of the command
};

using Options = std::shared_ptr<IncidentCommand>;

int List(const IncidentCommand& options) {
  const auto incidents = IncidentsLike(options.mechanism, options.policy);
  if (incidents.empty()) throw BadInput("no incident is like that (incident list shows all)");
  Print(stdout, options.markdown ? IncidentPage(incidents) : IncidentListText(incidents));
  return kAsItShouldBe;
}

int Show(const IncidentCommand& options) {
  Print(stdout, IncidentText(FindIncident(IncidentsFolder(), options.which)));
  return kAsItShouldBe;
}

int Create(const std::string& path) {
  WriteIncidentTemplate(path);
  return kAsItShouldBe;
}

struct ChosenIncident {
  Incident incident;
  std::string word;  // by which it is run again
};

bool Holds(const std::vector<ChosenIncident>& chosen, const Incident& incident) {
  return std::any_of(chosen.begin(), chosen.end(), [&](const ChosenIncident& one) {
    std::error_code error;
    return std::filesystem::equivalent(one.incident.file, incident.file, error);
  });
}

// Results are told apart by the id.
void RefuseTheSameId(const std::vector<ChosenIncident>& chosen, const Incident& incident) {
  for (const ChosenIncident& one : chosen) {
    if (one.incident.id != incident.id) continue;
    throw BadInput(incident.file, 0, "has the id of " + one.incident.file + ": run it by itself");
  }
}

std::vector<ChosenIncident> TheWholeLibrary() {
  std::vector<Incident> incidents = ReadIncidents(IncidentsFolder());
  std::vector<ChosenIncident> chosen;
  chosen.reserve(incidents.size());
  for (Incident& one : incidents) {
    const std::string id = one.id;
    chosen.push_back({std::move(one), id});
  }
  return chosen;
}

// Each of them once.
std::vector<ChosenIncident> Chosen(const IncidentCommand& options) {
  if (options.all != options.chosen.empty()) {
    throw BadInput("incident run takes IDs, addresses or files, or --all");
  }
  if (options.all) return TheWholeLibrary();
  std::vector<ChosenIncident> chosen;
  for (const std::string& word : options.chosen) {
    Incident incident = FindIncident(IncidentsFolder(), word);
    if (Holds(chosen, incident)) continue;
    RefuseTheSameId(chosen, incident);
    chosen.push_back({std::move(incident), word});
  }
  return chosen;
}

// The results of the incidents that ran so far.
struct IncidentResults {
  std::vector<Result> results;
  std::vector<SimulatedFacts> facts;
  std::map<std::string, PageNote> notes;
};

void Add(const Incident& incident, const std::vector<IncidentCell>& cells,
         IncidentResults* so_far) {
  for (const IncidentCell& cell : cells) {
    so_far->notes[cell.result.scenario].story =
        incident.title + (incident.source.empty() ? "" : '\n' + incident.source);
    so_far->results.push_back(cell.result);
    so_far->results.back().file = incident.file;
    so_far->facts.push_back(FactsOf(cell.variant, cell.log));
  }
}

void PrintFindings(const Outputs& outputs, const IncidentResults& so_far, bool verbose) {
  for (const Result* finding : Findings(so_far.results, verbose)) {
    outputs.Print(FindingText(*finding, {}, outputs.paint(), verbose));
  }
  outputs.Print(ReasonsText(so_far.results, Verdict::kSkip));
}

// The port of the user's command; a command without a port serves by staying. Empty where it never
// served: then the reason has been printed.
std::optional<ProbeAnswer> ProbeCommand(const IncidentCommand& options,
                                        const std::vector<std::string>& command) {
  const TargetOptions target{.verb = "run", .unsandboxed = true, .given = {.port = options.port}};
  return Probe(target, Declared(target), command);
}

// The options for all incidents.
IncidentOptions OptionsFor(const IncidentCommand& options,
                           const std::vector<ChosenIncident>& chosen,
                           const std::vector<std::string>& command, const Target& target) {
  std::map<std::string, std::string> words;
  for (const ChosenIncident& one : chosen) words[one.incident.id] = one.word;
  const auto again = [options, command, words](const Incident& incident) {
    return IncidentCommandLine(options.program, {.which = words.at(incident.id),
                                                 .real_time = options.real_time,
                                                 .port = options.port,
                                                 .command = command});
  };
  return {.servers = ServersFolder(),
          .reproduce = again,
          .real_time = options.real_time,
          .command = command,
          .port = target.port,
          .pid_file = target.pid_file};
}

IncidentResults RunAll(const IncidentCommand& options, const std::vector<ChosenIncident>& chosen,
                       const IncidentOptions& with, const Outputs& outputs,
                       const PictureFile& picture) {
  const Simulator simulate = [&](const std::vector<SimulationRequest>& requests) {
    Progress progress(stderr, requests.size());
    return SimulateAll(requests,
                       {options.common.jobs, [&](const auto& line) { progress.Show(line); }});
  };
  std::vector<Incident> incidents;
  incidents.reserve(chosen.size());
  for (const ChosenIncident& one : chosen) incidents.push_back(one.incident);
  const auto all = RunIncidents(incidents, with, simulate);
  IncidentResults so_far;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool short_one = incidents.size() > 1 && !options.common.verbose;
    outputs.Print(short_one ? CellsLines(incidents[i], all[i])
                            : CellsText(incidents[i], all[i], StyleFor(outputs.text())));
    if (picture.IsWanted()) {
      picture.Write(incidents[i].title, incidents[i].source, ChartsOf(all[i]));
    }
    Add(incidents[i], all[i], &so_far);
  }
  return so_far;
}

// For the user's command there are no expected outcomes: its breaches are counted.
std::string Summary(const IncidentResults& so_far, double elapsed_ms, bool yours, bool verbose) {
  if (!yours) return RunSummary(so_far.results, elapsed_ms, Interrupted());
  return CheckSummary(so_far.results, {elapsed_ms, Interrupted(), verbose});
}

// For the head of the page; of --all there is no one incident.
std::string IncidentJson(const std::vector<ChosenIncident>& chosen) {
  if (chosen.size() != 1) return "";
  const Incident& incident = chosen.front().incident;
  const nlohmann::ordered_json json = {
      {"id", incident.id}, {"title", incident.title}, {"address", incident.source}};
  return nlohmann::ordered_json({{"incident", json}})
      .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void WriteFiles(const Outputs& outputs, const std::vector<ChosenIncident>& chosen,
                const IncidentResults& so_far, std::optional<Target> yours) {
  outputs.WriteFiles({.version = PIDFALL_VERSION,
                      .command = "incident",
                      .sandbox = SandboxName(),
                      .target = std::move(yours),
                      .more = IncidentJson(chosen)},
                     so_far.results, so_far.notes, so_far.facts);
}

int Run(const IncidentCommand& options, const std::vector<std::string>& command) {
  const auto start = std::chrono::steady_clock::now();
  const bool yours = !command.empty();
  if (options.port && !yours) throw BadInput("--port is the port of a command after --");
  const std::vector<ChosenIncident> chosen = Chosen(options);
  const Outputs outputs(options.common);
  const PictureFile picture(options.picture);
  if (picture.IsWanted() && (options.all || chosen.size() > 1)) {
    throw BadInput("--picture is of one incident, not --all");
  }
  const auto probed = yours ? ProbeCommand(options, command) : ProbeAnswer();
  if (!probed) return kBrokenRun;
  const InterruptGuard guard;
  const IncidentResults so_far = RunAll(
      options, chosen, OptionsFor(options, chosen, command, probed->target), outputs, picture);
  PrintFindings(outputs, so_far, options.common.verbose);
  const double took = MillisecondsSince(start);
  outputs.Print(Summary(so_far, took, yours, options.common.verbose) + '\n');
  WriteFiles(outputs, chosen, so_far, yours ? std::optional(probed->target) : std::nullopt);
  return ExitStatusOf(so_far.results,
                      {.no_skip = options.common.no_skip, .interrupted = Interrupted()});
}

void AddList(CLI::App* incident, const Options& options, Invocation* invocation) {
  CLI::App* list = incident->add_subcommand("list", "The incidents that come with pidfall");
  list->add_option("--mechanism", options->mechanism,
                   "Only those of this one: M30, or words of its name");
  list->add_option("--policy", options->policy, "Only those under this policy");
  list->add_flag("--markdown", options->markdown, "As a page: a table in Markdown");
  list->callback([=] {
    RefuseCommand(invocation->command, "incident list");
    invocation->action = [=] { return List(*options); };
  });
}

void AddShow(CLI::App* incident, const Options& options, Invocation* invocation) {
  CLI::App* show = incident->add_subcommand("show", "One incident, with its expected outcomes");
  show->add_option("id", options->which, "Its id, its address, or a file")->required();
  show->callback([=] {
    RefuseCommand(invocation->command, "incident show");
    invocation->action = [=] { return Show(*options); };
  });
}

void AddNew(CLI::App* incident, const Options& options, Invocation* invocation) {
  CLI::App* create = incident->add_subcommand("new", "A template, explained line by line");
  create->add_option("file", options->which, "The file to create")->required();
  create->callback([=] {
    RefuseCommand(invocation->command, "incident new");
    invocation->action = [=] { return Create(options->which); };
  });
}

void AddRun(CLI::App* incident, const Options& options, Invocation* invocation) {
  CLI::App* run = incident->add_subcommand("run", "Replay it, before and after the fix");
  run->add_option("which", options->chosen, "Ids, addresses or files")
      ->type_name("ID|ADDRESS|FILE");
  run->add_flag("--all", options->all, "Every incident");
  run->add_flag("--real-time", options->real_time, "Wait as long as a real supervisor");
  DeclarePort(run, [options](int port) { options->port = port; });
  DeclareJobs(run, &options->common);
  DeclareReports(run, &options->common);
  run->get_option("--verbose")->description("Show expected failures and a drawing of each");
  DeclareNoSkip(run, &options->common);
  DeclarePicture(run, &options->picture);
  DeclareFollower(run);
  run->callback([=] {
    options->program = invocation->program;
    invocation->action = [=] { return Run(*options, invocation->command); };
  });
}

}  // namespace

void AddIncidentCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<IncidentCommand>();
  CLI::App* incident = app->add_subcommand("incident", "Replays of dated public failures");
  incident->require_subcommand(1);
  AddList(incident, options, invocation);
  AddShow(incident, options, invocation);
  AddNew(incident, options, invocation);
  AddRun(incident, options, invocation);
}

}  // namespace pidfall
