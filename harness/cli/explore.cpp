#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/explorers.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/page_notes.h"
#include "harness/cli/target_options.h"
#include "harness/process/elapsed.h"
#include "harness/report/findings.h"
#include "harness/report/summary.h"
#include "harness/run/pool.h"
#include "harness/sandbox/features.h"
#include "harness/schedules/schedules.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

struct ExploreCommand {
  std::string program;  // how the user called us
  CommonOptions common;
  TargetOptions target{.verb = "explore"};
  ExploreOptions explore;
};

void PrintResults(const ExploreCommand& options, const Exploration& found, const Outputs& outputs,
                  const Explorer& explorer) {
  const bool replays = !options.explore.replay.empty();
  const bool whole = options.common.verbose || replays;
  const Advice advice{.harm = std::string(explorer.row.harm)};
  for (const Result* finding : Findings(found.results, whole)) {
    outputs.Print(FindingText(*finding, advice, outputs.paint(), whole));
  }
  for (const Result& result : found.results) {
    const bool is_replayed = replays && result.verdict == Verdict::kPass;
    if (is_replayed) outputs.Print(FindingText(result, {}, outputs.paint()));
  }
  if (options.common.verbose) {
    outputs.Print(ReasonsText(found.results, Verdict::kNotApplicable));
  }
  outputs.Print(ReasonsText(found.results, Verdict::kSkip));
  outputs.Print(CoveredText(explorer, found));
}

int Explore(const Explorer& explorer, const ExploreCommand& options,
            const std::vector<std::string>& command) {
  const auto start = Clock::now();
  const Outputs outputs(options.common);
  if (!options.explore.replay.empty()) explorer.check_replay(options.explore.replay);
  const Target declared = Declared(options.target);
  const auto probed = Probe(options.target, declared, command);
  if (!probed) return kBrokenRun;
  const Target& target = probed->target;
  const Found& found = probed->found;
  PrintHead(outputs, target, found);
  const Exploration exploration = ExploreWithProgress(explorer, target, found, options.explore,
                                                      {options.program, options.target.again});
  PrintResults(options, exploration, outputs, explorer);
  outputs.Print(CheckSummary(exploration.results, {.elapsed_ms = MillisecondsSince(start),
                                                   .interrupted = Interrupted(),
                                                   .verbose = options.common.verbose}) +
                '\n');
  outputs.WriteFiles({.version = PIDFALL_VERSION,
                      .command = "explore",
                      .sandbox = SandboxName(),
                      .target = target,
                      .found = JsonText(found),
                      .file = DescribingFile(options.target.description)},
                     exploration.results, NotesOn(exploration.results));
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

void Declare(CLI::App* app, const Explorer& explorer, Invocation* invocation) {
  auto options = std::make_shared<ExploreCommand>();
  CLI::App* one = app->add_subcommand(explorer.name, std::string(explorer.row.story));
  DeclareTarget(one, &options->target);
  one->add_option("--replay", options->explore.replay, "Only this one, as a finding names it")
      ->type_name("STRING");
  one->add_flag("--all", options->explore.all, explorer.all);
  if (explorer.explore == ExploreSchedules) DeclareBounds(one, &options->explore);
  DeclareTime(one, explorer.time, &options->explore.time);
  DeclareReports(one, &options->common);
  one->get_option("--verbose")->description("Show weaknesses, whole stories and why n/a");
  DeclareNoSkip(one, &options->common);
  DeclareFollower(one);
  one->callback([=, &explorer] {
    options->program = invocation->program;
    invocation->action = [=, &explorer] {
      return Explore(explorer, *options, invocation->command);
    };
  });
}

}  // namespace

void AddExploreCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* explore =
      app->add_subcommand("explore", "Every crash point, error and schedule of a server");
  explore->require_subcommand(1);
  for (const Explorer& explorer : Explorers()) Declare(explore, explorer, invocation);
}

}  // namespace pidfall
