#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/check_findings.h"
#include "harness/cli/ci_job.h"
#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/explorers.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/page_notes.h"
#include "harness/cli/picture_file.h"
#include "harness/cli/run_with_progress.h"
#include "harness/cli/target_options.h"
#include "harness/input/shell_quote.h"
#include "harness/process/elapsed.h"
#include "harness/report/baseline.h"
#include "harness/report/ci_snippet.h"
#include "harness/report/findings.h"
#include "harness/report/other_policies.h"
#include "harness/report/output_file.h"
#include "harness/report/reproduce.h"
#include "harness/report/summary.h"
#include "harness/run/pool.h"
#include "harness/run/runner.h"
#include "harness/sandbox/features.h"
#include "harness/target/target_file.h"
#include "scenarios/catalogue.h"
#include "scenarios/select.h"
#include "scenarios/worth.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

struct CheckCommand {
  std::string program;  // how the user called us
  CommonOptions common;
  TargetOptions target{.verb = "check"};
  std::string baseline;
  std::string write_target;
  PictureOptions picture;
  std::optional<std::chrono::nanoseconds> time;  // for the whole check
  bool exhaustive = false;
  std::vector<std::string> ci_options;  // of the job for CI, as the user wrote them
};

// --- running and reporting

// With --exhaustive there is a row for each explorer, too.
const std::vector<Scenario>& Offered(bool exhaustive) {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> rows = Catalogue();
    for (const Explorer& explorer : Explorers()) rows.push_back(explorer.row);
    return rows;
  }();
  return exhaustive ? all : Catalogue();
}

std::vector<const Scenario*> Selected(const CheckCommand& options) {
  const CommonOptions& common = options.common;
  return Select(Offered(options.exhaustive), common.scenarios, common.excepts);
}

// In the order of the catalogue, without the scenarios of other shards.
std::vector<const Scenario*> ScenariosOf(const CheckCommand& options) {
  const CommonOptions& common = options.common;
  std::vector<const Scenario*> mine;
  std::size_t position = 0;
  for (const Scenario* scenario : Selected(options)) {
    if (common.shard.Has(position++)) mine.push_back(scenario);
  }
  return mine;
}

// Where starts take long, or the time may end first, the most important scenarios come first.
bool GoesByWorth(const CheckCommand& options, const Found& found) {
  constexpr double kSlowStartMs = 1000;
  return options.time.has_value() || found.started_after_ms > kSlowStartMs;
}

void PutInOrderOfCatalogue(std::vector<Result>* results) {
  std::map<std::string_view, std::size_t> places;
  for (const Scenario& scenario : Catalogue()) places.emplace(scenario.id, places.size());
  std::stable_sort(results->begin(), results->end(), [&](const Result& a, const Result& b) {
    return places.at(a.scenario) < places.at(b.scenario);
  });
}

std::vector<Case> CasesOf(const CheckCommand& options, const Target& target, const Found& found) {
  std::vector<Case> cases;
  const auto& common = options.common;
  auto scenarios = ScenariosOf(options);
  std::erase_if(scenarios, [](const Scenario* scenario) { return scenario->run == nullptr; });
  for (const Scenario* scenario : GoesByWorth(options, found) ? ByWorth(scenarios) : scenarios) {
    const Case one{.scenario = scenario,
                   .target = target,
                   .reproduce = CheckCommandLine(options.program, options.target.again,
                                                 scenario->id, target.command)};
    cases.insert(cases.end(), static_cast<std::size_t>(common.repeat), one);
  }
  return cases;
}

void AcceptKnown(std::vector<Result>& results, const Baseline& baseline, const Outputs& outputs) {
  for (const std::string& scenario : baseline.Fixed(results)) {
    outputs.Print(fmt::format("FIXED  {} is in the baseline and passes now\n", scenario));
  }
  for (Result& result : results) {
    if (baseline.Knows(result)) result.verdict = Verdict::kKnown;
  }
}

std::vector<Result> RunAll(const CheckCommand& options, const std::vector<Case>& cases,
                           Clock::time_point start) {
  RunOptions run{.jobs = options.common.jobs, .keep = options.common.keep};
  if (options.time) run.until = start + *options.time;
  auto results = RunWithProgress(cases, run);
  PutInOrderOfCatalogue(&results);
  return results;
}

// The verdicts, and the exact coverage of --exhaustive.
struct Judged {
  std::vector<Result> results;
  std::string covered;
};

int Judge(const CheckCommand& options, const JsonHead& head, Judged judged, const StoryFiles& files,
          Clock::time_point start) {
  const Outputs& outputs = files.outputs;
  const CommonOptions& common = options.common;
  std::vector<Result>& results = judged.results;
  const bool named = !head.target->policy.empty();
  const std::string policies = named ? "" : OtherPoliciesText(results);
  SetOtherPoliciesAside(named ? "not the policy named" : "no --policy named", &results);
  if (!options.baseline.empty()) AcceptKnown(results, ReadBaseline(options.baseline), outputs);
  PrintFindings(outputs, results, *head.target, common.verbose);
  outputs.Print(BesideOlderVersion(results));
  if (common.verbose) outputs.Print(ReasonsText(results, Verdict::kNotApplicable));
  outputs.Print(policies + ReasonsText(results, Verdict::kSkip) + KeptText(results) +
                judged.covered + FirstStep(results, *head.target));
  outputs.Print(CheckSummary(results, {.elapsed_ms = MillisecondsSince(start),
                                       .interrupted = Interrupted(),
                                       .verbose = common.verbose}) +
                '\n');
  outputs.WriteFiles(head, results, NotesOn(results));
  files.Draw(results, ShellCommand(head.target->command));
  WriteCi(common.ci, options.target, options.ci_options, *head.target);
  return ExitStatusOf(results, {.no_skip = common.no_skip, .interrupted = Interrupted()});
}

Exploration TooLate(const Explorer& explorer) {
  return {.results = {{.scenario = std::string(explorer.row.id),
                       .family = std::string(explorer.row.family()),
                       .verdict = Verdict::kSkip,
                       .summary = kTimeIsOver}}};
}

// Each has what the scenarios and the others have left of the time.
void ExploreAll(const CheckCommand& options, const Target& target, const Found& found,
                Clock::time_point start, Judged* judged) {
  const TargetWords again{options.program, options.target.again};
  const auto mine = ScenariosOf(options);
  for (const Explorer& explorer : Explorers()) {
    if (Interrupted()) return;
    if (std::ranges::find(mine, explorer.row.id, &Scenario::id) == mine.end()) continue;
    ExploreOptions explore;
    if (options.time) explore.time = *options.time - (Clock::now() - start);
    const bool is_late = explore.time && *explore.time <= Duration::zero();
    const Exploration explored =
        is_late ? TooLate(explorer) : ExploreWithProgress(explorer, target, found, explore, again);
    judged->results.insert(judged->results.end(), explored.results.begin(), explored.results.end());
    judged->covered += CoveredText(explorer, explored);
  }
}

int Check(const CheckCommand& options, const std::vector<std::string>& command) {
  const auto start = Clock::now();
  const StoryFiles files{.outputs = Outputs(options.common),
                         .picture = PictureFile(options.picture)};
  const Outputs& outputs = files.outputs;
  const OutputFile target_file(options.write_target);
  const auto scenarios = Selected(options);
  if (!options.baseline.empty()) ReadBaseline(options.baseline);
  const Target declared = Declared(options.target);
  if (options.common.list) {
    outputs.Print(ListText(scenarios, options.common.verbose));
    return kAsItShouldBe;
  }
  const auto probed = Probe(options.target, declared, command);
  if (!probed) return kBrokenRun;
  const Target& target = probed->target;
  const Found& found = probed->found;
  target_file.Write(TargetFileText(target));
  PrintHead(outputs, target, found);
  const JsonHead head{.version = PIDFALL_VERSION,
                      .command = "check",
                      .sandbox = SandboxName(),
                      .target = target,
                      .found = JsonText(found),
                      .file = DescribingFile(options.target.description)};
  Judged judged{.results = RunAll(options, CasesOf(options, target, found), start)};
  if (options.exhaustive) ExploreAll(options, target, found, start, &judged);
  return Judge(options, head, std::move(judged), files, start);
}

// --- the command line

void DeclareFiles(CLI::App* app, CheckCommand* options) {
  app->add_option("--baseline", options->baseline, "Accept the failures in this --json file")
      ->type_name("FILE");
  app->add_option("--write-target", options->write_target,
                  "Write the target, with what was found, to this file")
      ->type_name("FILE");
  DeclareTime(app, "Judge the most important scenarios first, stop after this time",
              &options->time);
  const auto store_ci = [options](const std::string& kind) {
    CiKind(kind);
    options->common.ci = kind;
  };
  app->add_option_function<std::string>("--write-ci", store_ci,
                                        "Print the job that runs this check in your CI")
      ->type_name("github|gitlab|ctest");
}

void DeclareExhaustive(CLI::App* app, CheckCommand* options) {
  app->add_flag("--exhaustive", options->exhaustive,
                "Every crash point, error and schedule, too, as pidfall explore does")
      ->excludes(app->get_option("--repeat"));
}

}  // namespace

void AddCheckCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<CheckCommand>();
  CLI::App* check = app->add_subcommand("check", "Every scenario on any server, as deployed");
  DeclareTarget(check, &options->target);
  DeclareFiles(check, options.get());
  DeclareCommon(check, &options->common);
  DeclareExhaustive(check, options.get());
  DeclarePicture(check, &options->picture);
  DeclareFollower(check);
  check->callback([=] {
    options->program = invocation->program;
    options->ci_options = OptionsForCi(*check);
    invocation->action = [=] { return Check(*options, invocation->command); };
  });
}

}  // namespace pidfall
