#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/page_notes.h"
#include "harness/cli/target_options.h"
#include "harness/process/elapsed.h"
#include "harness/report/findings.h"
#include "harness/report/progress.h"
#include "harness/report/reproduce.h"
#include "harness/report/summary.h"
#include "harness/run/pool.h"
#include "harness/sandbox/features.h"
#include "harness/schedules/schedule.h"
#include "harness/schedules/schedules.h"
#include "harness/tracer/call.h"
#include "harness/tracer/crashes.h"
#include "harness/tracer/errors.h"
#include "harness/tracer/injection.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

struct ExploreCommand {
  std::string program;  // how the user called us
  CommonOptions common;
  TargetOptions target{.verb = "explore"};
  ExploreOptions explore;
};

// One kind of exploration: its name and its function.
struct Kind {
  const char* name;
  const char* description;
  Exploration (*explore)(const Target&, const Found&, const ExploreOptions&);
  void (*check_replay)(const std::string&);
  const char* harm;
  const char* all = "Run what equals something else for real as well";
  const char* time = "Stop after this time, and say what was left out [10m]";
};

const std::vector<Kind> kKinds = {
    {"crash", "SIGKILL before and after each call that touches the safeguard", ExploreCrashes,
     [](const std::string& text) { ParsePoint(text); },
     "one kill at the wrong moment, and the server does not come back by itself"},
    {"errors", "Each of those calls fails once, with each error that it may have", ExploreErrors,
     [](const std::string& text) { ParseInjection(text); },
     "a full disk or a lack of descriptors, and two serve, or none does"},
    {"schedules", "Starts and stops against each other, in every order of those calls",
     ExploreSchedules, [](const std::string& text) { ParseSchedule(text); },
     "two starts in the same moment, and two serve, or none does",
     "Every order: no bound on preemptions", "Stop each start state after this time [1m]"},
};

void PrintResults(const ExploreCommand& options, const Exploration& found, const Outputs& outputs,
                  const Kind& kind) {
  const bool replays = !options.explore.replay.empty();
  const bool whole = options.common.verbose || replays;
  const Advice advice{.harm = kind.harm};
  for (const Result* finding : Findings(found.results, whole)) {
    outputs.Print(FindingText(*finding, advice, outputs.paint(), whole));
  }
  for (const Result& result : found.results) {
    const bool is_replayed = replays && result.verdict == Verdict::kPass;
    if (is_replayed) outputs.Print(FindingText(result, {}, outputs.paint()));
  }
  outputs.Print(SkipText(found.results));
  for (const std::string& line : found.covered) {
    outputs.Print(fmt::format("{:<8} {}\n", kind.name, line));
  }
}

Exploration ExploreWithProgress(const Kind& kind, const Target& target, const Found& found,
                                ExploreOptions options) {
  const InterruptGuard guard;
  Progress progress(stderr, 0);
  options.on_news = [&](const Exploration& so_far) {
    progress.Show(fmt::format("{:<8} {}", kind.name, so_far.covered.back()));
  };
  return kind.explore(target, found, options);
}

std::map<std::string, PageNote> NotesOnKind(const Kind& kind, const std::vector<Result>& results) {
  auto notes = NotesOn(results);
  for (auto& [scenario, note] : notes) note.harm = kind.harm;
  return notes;
}

int Explore(const Kind& kind, const ExploreCommand& options,
            const std::vector<std::string>& command) {
  const auto start = Clock::now();
  const Outputs outputs(options.common);
  if (!options.explore.replay.empty()) kind.check_replay(options.explore.replay);
  const Target declared = Declared(options.target);
  const auto probed = Probe(options.target, declared, command);
  if (!probed) return kBrokenRun;
  const auto& [target, found] = *probed;
  PrintHead(outputs, target, found);
  Exploration exploration = ExploreWithProgress(kind, target, found, options.explore);
  for (Result& result : exploration.results) {
    result.reproduce = ExploreCommandLine(
        options.program, {kind.name, options.target.again, result.reproduce, target.command});
  }
  PrintResults(options, exploration, outputs, kind);
  outputs.Print(CheckSummary(exploration.results, {.elapsed_ms = MillisecondsSince(start),
                                                   .interrupted = Interrupted(),
                                                   .verbose = options.common.verbose}) +
                '\n');
  outputs.WriteFiles({.version = PIDFALL_VERSION,
                      .command = "explore",
                      .sandbox = SandboxName(),
                      .target = target,
                      .found = JsonText(found),
                      .file = DescribingFile(options.target)},
                     exploration.results, NotesOnKind(kind, exploration.results));
  return ExitStatusOf(exploration.results,
                      {.no_skip = options.common.no_skip, .interrupted = Interrupted()});
}

void DeclareBounds(CLI::App* app, ExploreOptions* options) {
  constexpr int kMostContenders = 8, kHighestBound = 100;
  DeclareNumber(app, "--contenders", "So many at once [2]", 2, kMostContenders,
                [options](int value) { options->contenders = value; });
  DeclareNumber(app, "--bound", "Up to so many preemptions in a schedule [2]", 0, kHighestBound,
                [options](int value) { options->bound = value; });
  auto* real = app->add_flag("--every-run-real", options->every_run_real,
                             "Carry out each schedule with the program itself, none with puppets");
  app->add_flag("--compare", options->compare,
                "What puppets carry out, carry out with the program, too")
      ->excludes(real);
}

void Declare(CLI::App* app, const Kind& kind, Invocation* invocation) {
  auto options = std::make_shared<ExploreCommand>();
  CLI::App* one = app->add_subcommand(kind.name, kind.description);
  DeclareTarget(one, &options->target);
  one->add_option("--replay", options->explore.replay, "Only this one, as a finding names it")
      ->type_name("STRING");
  one->add_flag("--all", options->explore.all, kind.all);
  if (kind.explore == ExploreSchedules) DeclareBounds(one, &options->explore);
  DeclareTime(one, kind.time, &options->explore.time);
  DeclareReports(one, &options->common);
  DeclareNoSkip(one, &options->common);
  DeclareFollower(one);
  one->callback([=, &kind] {
    options->program = invocation->program;
    invocation->action = [=, &kind] { return Explore(kind, *options, invocation->command); };
  });
}

}  // namespace

void AddExploreCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* explore =
      app->add_subcommand("explore", "Every crash point, error and schedule of a server");
  explore->require_subcommand(1);
  for (const Kind& kind : kKinds) Declare(explore, kind, invocation);
}

}  // namespace pidfall
