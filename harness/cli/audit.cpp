#include "harness/audit/audit.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/audit/service_files.h"
#include "harness/cli/audit_check.h"
#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/page_notes.h"
#include "harness/input/secrets.h"
#include "harness/process/elapsed.h"
#include "harness/report/audit_json.h"
#include "harness/report/audit_text.h"
#include "harness/report/reproduce.h"
#include "harness/run/pool.h"
#include "harness/sandbox/features.h"
#include "scenarios/catalogue.h"
#include "scenarios/select.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

struct AuditCommand {
  AuditCheckOptions check;
  std::vector<std::string> paths;
  bool checks = false;
};

void RememberSecretsOf(const Audit& audit) {
  for (const AuditedService& service : audit.services.all) {
    for (const auto& [name, value] : service.policy->job().environment) RememberSecret(name, value);
  }
}

// A weakness shows with -v only.
std::string Again(const AuditCommand& options, const Result& result) {
  std::vector<std::string> words = {"audit"};
  if (HasFailed(result) && result.severity == Severity::kWeakness) words.emplace_back("-v");
  words.insert(words.end(), options.paths.begin(), options.paths.end());
  return WholeCommandLine(options.check.program, words);
}

// The audit's findings on each service, with its file and the command that shows it again.
std::vector<Result> ResultsOf(const Audit& audit, const AuditCommand& options) {
  std::vector<Result> results = AllResults(audit);
  std::map<std::string_view, std::string_view> files;
  for (const AuditedService& service : audit.services.all) files[service.source] = service.file;
  for (Result& result : results) {
    const auto file = files.find(result.server);
    if (file != files.end()) result.file = file->second;
    result.reproduce = Again(options, result);
  }
  return results;
}

int RunAudit(const AuditCommand& options) {
  const auto start = Clock::now();
  const CommonOptions& common = options.check.common;
  const Outputs outputs(common);
  Select(Catalogue(), common.scenarios, common.excepts);
  const Audit audit = AuditPaths(options.paths.empty() ? MachineFolders() : options.paths);
  RememberSecretsOf(audit);
  std::vector<Result> results = ResultsOf(audit, options);
  const double took = MillisecondsSince(start);
  outputs.Print(AuditText(audit, outputs.paint(), common.verbose) + AuditSummary(audit, took) +
                '\n');
  if (options.checks) {
    const std::vector<Result> checked = CheckServices(audit, options.check, outputs);
    results.insert(results.end(), checked.begin(), checked.end());
  }
  outputs.WriteFiles({.version = PIDFALL_VERSION,
                      .command = "audit",
                      .sandbox = SandboxName(),
                      .more = AuditJson(audit)},
                     results, NotesOn(results));
  return ExitStatusOf(results, {.no_skip = common.no_skip, .interrupted = Interrupted()});
}

}  // namespace

void AddAuditCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<AuditCommand>();
  CLI::App* audit = app->add_subcommand(
      "audit", "Every service of a machine or repository: what is wrong with its single copy");
  audit->add_option("PATH", options->paths,
                    "Unit files, plists, compose files, ... or folders with them [the machine's]");
  CommonOptions* common = &options->check.common;
  audit->add_flag("--check", options->checks,
                  "Run the catalogue on each service's command, in its sandbox, the worst first");
  DeclareScenarios(audit, common);
  DeclareTime(audit, "For each service's check; what matters most is first", &options->check.time);
  DeclareJobs(audit, common);
  DeclareReports(audit, common);
  audit->get_option("--verbose")->description("Show predicted restart loops and skips, too");
  DeclareNoSkip(audit, common);
  // Without --check no scenario runs.
  for (const char* option : {"--scenario", "--except", "--time", "--jobs"}) {
    audit->get_option(option)->needs(audit->get_option("--check"));
  }
  audit->callback([=] {
    options->check.program = invocation->program;
    RefuseCommand(invocation->command, "audit");
    invocation->action = [=] { return RunAudit(*options); };
  });
}

}  // namespace pidfall
