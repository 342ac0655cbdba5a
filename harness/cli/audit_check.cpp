#include "harness/cli/audit_check.h"

#include <fmt/format.h>

#include "harness/audit/check_order.h"
#include "harness/cli/check_findings.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/run_with_progress.h"
#include "harness/cli/target_options.h"
#include "harness/input/bad_input.h"
#include "harness/process/elapsed.h"
#include "harness/report/findings.h"
#include "harness/report/other_policies.h"
#include "harness/report/reproduce.h"
#include "harness/report/summary.h"
#include "harness/report/text.h"
#include "harness/run/pool.h"
#include "harness/run/runner.h"
#include "scenarios/catalogue.h"
#include "scenarios/select.h"
#include "scenarios/worth.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

class ServiceCheck {
 public:
  ServiceCheck(const AuditedService& service, const AuditCheckOptions& options,
               const Outputs& outputs)
      : service_(service), options_(options), outputs_(outputs) {}

  std::vector<Result> Run() {
    const std::string obstacle = ObstacleToCheck(service_);
    if (!obstacle.empty()) return Skipped(obstacle);
    try {
      return RunOn({.verb = "check", .description = {.policy = service_.source}});
    } catch (const BadInput& error) {
      return Skipped(error.what());
    }
  }

 private:
  std::vector<Result> RunOn(const TargetOptions& target) {
    Target declared = Declared(target);
    if (declared.folder.empty()) declared.folder = service_.folder;
    const ProbeAnswer answer = AskForTarget(target, declared, {});
    if (answer.failure != ProbeFailure::kNone) return Skipped(WhyNot(answer));
    outputs_.Print(
        fmt::format("check    {}: {}\n", CleanLine(service_.source), Describe(answer.found)));
    const std::vector<Case> cases = CasesOf(answer.target);
    const auto start = Clock::now();
    RunOptions run{.jobs = options_.common.jobs};
    if (options_.time) run.until = start + *options_.time;
    auto results = RunWithProgress(cases, run);
    SetOtherPoliciesAside("not the policy named", &results);
    for (Result& result : results) result.file = service_.file;
    PrintFindings(outputs_, results, answer.target, options_.common.verbose);
    if (options_.common.verbose) outputs_.Print(ReasonsText(results, Verdict::kNotApplicable));
    outputs_.Print(CheckSummary(results, {.elapsed_ms = MillisecondsSince(start),
                                          .interrupted = Interrupted(),
                                          .verbose = options_.common.verbose}) +
                   '\n');
    return results;
  }

  std::vector<Case> CasesOf(const Target& target) const {
    const auto& common = options_.common;
    std::vector<Case> cases;
    for (const Scenario* scenario :
         ByWorth(Select(Catalogue(), common.scenarios, common.excepts))) {
      cases.push_back(
          {.scenario = scenario,
           .target = target,
           .server = service_.source,
           .reproduce = CheckCommandLine(options_.program, {"--policy", service_.source},
                                         scenario->id, target.command)});
    }
    return cases;
  }

  // The last words of a server that never served may end in empty lines.
  std::vector<Result> Skipped(std::string why) const {
    why.erase(why.find_last_not_of('\n') + 1);
    outputs_.Print(fmt::format("no check {}: {}\n", CleanLine(service_.source), CleanLine(why)));
    return {{.scenario = service_.source + "/check",
             .family = service_.source,
             .verdict = Verdict::kSkip,
             .summary = why,
             .reproduce = WholeCommandLine(options_.program, {"audit", "--check", service_.file}),
             .server = service_.source,
             .file = service_.file}};
  }

  const AuditedService& service_;
  const AuditCheckOptions& options_;
  const Outputs& outputs_;
};

}  // namespace

std::vector<Result> CheckServices(const Audit& audit, const AuditCheckOptions& options,
                                  const Outputs& outputs) {
  const InterruptGuard guard;
  std::vector<Result> all;
  for (const AuditedService* service : WorstFirst(audit)) {
    if (Interrupted()) break;
    const std::vector<Result> results = ServiceCheck(*service, options, outputs).Run();
    all.insert(all.end(), results.begin(), results.end());
  }
  return all;
}

}  // namespace pidfall
