#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/page_notes.h"
#include "harness/cli/picture_file.h"
#include "harness/cli/print.h"
#include "harness/cli/terminal.h"
#include "harness/incident/supervise_run.h"
#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/input/secrets.h"
#include "harness/report/findings.h"
#include "harness/report/progress.h"
#include "harness/report/reproduce.h"
#include "harness/report/simulated_facts.h"
#include "harness/report/starts.h"
#include "harness/report/text.h"
#include "harness/report/timeline.h"
#include "harness/run/pool.h"
#include "harness/sandbox/features.h"
#include "harness/simulation/duplicate_table.h"
#include "harness/simulation/roll_out.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

using std::chrono::minutes;

struct SuperviseCommand {
  std::string program;  // how the user called us
  CommonOptions common;
  PictureOptions picture;
  std::string policy;
  std::chrono::nanoseconds window = minutes(10);
  std::string window_text;  // as the user wrote it; empty: not given
  bool real_time = false;
  bool table = false;
  std::optional<int> port;
};

std::chrono::nanoseconds Window(const std::string& text) {
  const auto window = ParseDuration(text);
  if (window <= window.zero()) throw BadInput("--for: '" + text + "' is no time at all");
  return window;
}

std::string Title(const SimulationRequest& request) {
  const SimulationPlan& plan = request.plan;
  const std::string roll_out = plan.roll_out ? Describe(plan.roll_out->rules) + ", " : "";
  return roll_out + plan.actors.front().policy->Describe();
}

std::string Head(const SimulationRequest& request, const SimulationLog& log) {
  return Title(request) + "; " + FormatDuration(log.duration) + " simulated in " +
         FormatDuration(log.real) + '\n';
}

std::vector<SimulationLog> Simulated(const SimulationRequest& request) {
  Progress progress(stderr, 1);
  return SimulateAll({request}, {.on_progress = [&](const auto& line) { progress.Show(line); }});
}

// For the files of results: where nothing follows `--`, the command of the supervisor's file.
Target TargetOf(const SimulationRequest& request) {
  const std::string& folder = request.plan.actors.front().policy->job().working_directory;
  return {.command = request.actors.front().start.command,
          .port = request.port,
          .folder = folder.empty() ? std::filesystem::current_path().string() : folder};
}

std::string Again(const SuperviseCommand& options, const std::vector<std::string>& command) {
  std::vector<std::string> words = {"supervise", "--policy", options.policy};
  if (!options.window_text.empty()) words.insert(words.end(), {"--for", options.window_text});
  if (options.real_time) words.emplace_back("--real-time");
  if (options.port) words.insert(words.end(), {"--port", std::to_string(*options.port)});
  return WholeCommandLine(options.program, words, command);
}

void WriteFiles(const Outputs& outputs, const SuperviseCommand& options,
                const SimulationRequest& request, const SimulationLog& log, Result result) {
  result.file = LookUpRollOut(options.policy) ? "" : FileOfPolicy(options.policy);
  auto notes = NotesOn({result});
  notes[result.scenario].harm =
      "The supervisor starts it again and again, each start fills the log, and no copy serves.";
  outputs.WriteFiles({.version = PIDFALL_VERSION,
                      .command = "supervise",
                      .sandbox = SandboxName(),
                      .target = TargetOf(request)},
                     {result}, notes, {FactsOfSupervised(options.policy, log)});
}

int Supervise(const SuperviseCommand& options, const std::vector<std::string>& command) {
  if (options.table) {
    RefuseCommand(command, "supervise --table");
    Print(stdout, DuplicateTable(options.window) + '\n' + RollOutTable());
    return kAsItShouldBe;
  }
  if (options.policy.empty()) throw BadInput("supervise needs --policy FILE or NAME, or --table");
  SimulationRequest request = SuperviseRequest(options.policy, command, options.window);
  request.plan.real_time = options.real_time;
  request.port = options.port;
  const Outputs outputs(options.common);
  const PictureFile picture(options.picture);
  const InterruptGuard guard;
  const auto logs = Simulated(request);
  if (logs.empty()) {
    outputs.Print("INTERRUPTED before anything was known\n");
    return kInterrupted;
  }
  const SimulationLog& log = logs.front();
  Result result = SuperviseResult(log);
  if (!log.actors.empty()) {
    outputs.Print(Head(request, log) + DrawTimeline({{"", &log}}, StyleFor(outputs.text())));
    if (options.common.verbose) outputs.Print(StartsText(log));
    for (const std::string& note : log.notes) outputs.Print("note: " + CleanLine(note) + '\n');
  }
  if (log.cut_short) outputs.Print("cut short: " + CleanLine(*log.cut_short) + '\n');
  if (result.verdict == Verdict::kFail) {
    outputs.Print(FindingText(result, {}, outputs.paint()));
  }
  picture.Write(Title(request), "", {{"", {{"", &log}}}});
  result.reproduce = Again(options, command);
  WriteFiles(outputs, options, request, log, result);
  return ExitStatusOf({result}, {.interrupted = Interrupted()});
}

// Declared last: it names the options that it excludes.
void DeclareTable(CLI::App* supervise, SuperviseCommand* options) {
  CLI::Option* table = supervise->add_flag(
      "--table", options->table, "How every known policy treats each answer of a duplicate");
  for (const char* other : {"--policy", "--real-time", "--port", "--json", "--junit", "--sarif",
                            "--html", "--picture", "--verbose"}) {
    table->excludes(supervise->get_option(other));
  }
}

}  // namespace

void AddSuperviseCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<SuperviseCommand>();
  CLI::App* supervise =
      app->add_subcommand("supervise", "A command under a supervisor's rules, in simulated time");
  supervise
      ->add_option("--policy", options->policy,
                   "docker:on-failure:3, my.service, compose.yaml#web, ... (--table names all)")
      ->type_name("FILE|NAME[:ARG]");
  const auto store = [options](const std::string& text) {
    options->window = Window(text);
    options->window_text = text;
  };
  supervise->add_option_function<std::string>("--for", store, "The simulated time [10min]")
      ->type_name("D");
  supervise->add_flag("--real-time", options->real_time, "Wait as long as a real supervisor");
  DeclarePort(supervise, [options](int port) { options->port = port; });
  DeclareReports(supervise, &options->common);
  DeclarePicture(supervise, &options->picture);
  supervise->get_option("--verbose")->description("List every start and its end, too");
  DeclareFollower(supervise);
  DeclareTable(supervise, options.get());
  supervise->callback([=] {
    options->program = invocation->program;
    invocation->action = [=] { return Supervise(*options, invocation->command); };
  });
}

}  // namespace pidfall
