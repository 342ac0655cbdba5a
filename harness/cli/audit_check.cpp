#include "harness/cli/audit_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/cli/check_findings.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/target_options.h"
#include "harness/input/bad_input.h"
#include "harness/process/launch.h"
#include "harness/report/findings.h"
#include "harness/report/other_policies.h"
#include "harness/report/progress.h"
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

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Why it is not even tried; empty: nothing is known against it.
std::string Obstacle(const AuditedService& service) {
  const Job& job = service.policy->job();
  if (!job.image.empty()) return "it runs in a container, from the image " + job.image;
  if (job.is_one_shot) return "it is meant to end by itself";
  if (job.command.empty()) return "no command is configured";
  for (const std::string& word : job.command) {
    if (service.file.ends_with(".service") && word.find_first_of("%$") != std::string::npos) {
      return "systemd fills in '" + word + "' first";
    }
  }
  std::error_code error;
  if (!service.folder.empty() && !fs::is_directory(service.folder, error)) {
    return "its folder " + service.folder + " is not there";
  }
  try {
    FindProgram(job.command.front());
  } catch (const std::system_error& missing) {
    return missing.what();
  }
  return "";
}

// What is broken already, then what would loop.
int Rank(const AuditedService& service, const Judged& judged) {
  const auto breaches = std::count_if(judged.results.begin(), judged.results.end(), IsFailure);
  return -2 * static_cast<int>(breaches) - (Loops(service) ? 1 : 0);
}

std::vector<const AuditedService*> WorstFirst(const Audit& audit) {
  std::vector<std::pair<int, const AuditedService*>> ranked;
  for (std::size_t i = 0; i < audit.judged.size(); ++i) {
    const AuditedService& service = audit.services.all[i];
    ranked.emplace_back(Rank(service, audit.judged[i]), &service);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& one, const auto& other) { return one.first < other.first; });
  std::vector<const AuditedService*> services;
  services.reserve(ranked.size());
  for (const auto& [rank, service] : ranked) services.push_back(service);
  return services;
}

class ServiceCheck {
 public:
  ServiceCheck(const AuditedService& service, const AuditCheckOptions& options,
               const Outputs& outputs)
      : service_(service), options_(options), outputs_(outputs) {}

  std::vector<Result> Run() {
    const std::string obstacle = Obstacle(service_);
    if (!obstacle.empty()) return Skipped(obstacle);
    try {
      return RunOn({.verb = "check", .policy = service_.source});
    } catch (const BadInput& error) {
      return Skipped(error.what());
    }
  }

 private:
  std::vector<Result> RunOn(const TargetOptions& target) {
    Target declared = Declared(target);
    if (declared.folder.empty()) declared.folder = service_.folder;
    const ProbeAnswer answer = AskForTarget(target, declared, {});
    if (!answer.target) return Skipped(answer.why_not);
    outputs_.Print(fmt::format("check    {}: {}\n", CleanLine(service_.source),
                               Describe(answer.target->found)));
    const std::vector<Case> cases = CasesOf(answer.target->target);
    const auto start = Clock::now();
    RunOptions run{.jobs = options_.common.jobs};
    if (options_.time) run.until = start + *options_.time;
    Progress progress(stderr, cases.size());
    auto results = RunCases(cases, run, [&](const Result& result) { progress.Step(result); });
    SetOtherPoliciesAside("not the policy named", &results);
    PrintFindings(outputs_, results, answer.target->target, options_.common.verbose);
    const std::chrono::duration<double, std::milli> took = Clock::now() - start;
    outputs_.Print(CheckSummary(results, {.elapsed_ms = took.count(),
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

  // What a server that never served printed last may end in empty lines.
  std::vector<Result> Skipped(std::string why) const {
    why.erase(why.find_last_not_of('\n') + 1);
    outputs_.Print(fmt::format("no check {}: {}\n", CleanLine(service_.source), CleanLine(why)));
    return {{.scenario = service_.source + "/check",
             .family = service_.source,
             .verdict = Verdict::kSkip,
             .summary = why,
             .server = service_.source}};
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
