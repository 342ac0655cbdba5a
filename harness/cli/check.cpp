#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/baseline.h"
#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/print.h"
#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/report/findings.h"
#include "harness/report/other_policies.h"
#include "harness/report/output_file.h"
#include "harness/report/progress.h"
#include "harness/report/reproduce.h"
#include "harness/report/summary.h"
#include "harness/run/discovery.h"
#include "harness/run/runner.h"
#include "harness/sandbox/features.h"
#include "harness/sandbox/sandbox.h"
#include "harness/supervisor/policies.h"
#include "harness/target/target_file.h"
#include "scenarios/catalogue.h"
#include "scenarios/select.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLastStatus = 255;

struct CheckCommand {
  CommonOptions common;
  std::string target_file;
  std::string policy;
  std::string baseline;
  std::string write_target;
  bool unsandboxed = false;
  std::optional<std::chrono::seconds> start_timeout;
  Target given;                    // what the options say of the target
  std::vector<std::string> again;  // the options that say so, for the command that shows it again
};

// --- the target, from its file, a policy, the options and the command line, each over the former

// A name is none of these; a file is read again inside the sandbox, in another folder.
std::string Locate(const std::string& policy) {
  const bool is_file = !policy.empty() && std::filesystem::exists(policy);
  return is_file ? std::filesystem::absolute(policy).string() : policy;
}

Target FromPolicy(const std::string& name) {
  const std::unique_ptr<Policy> policy = LookUpPolicy(name);
  const Job& job = policy->job();
  Target target{.command = job.command, .folder = job.working_directory};
  for (const auto& [variable, value] : job.environment) {
    // By this a server knows its supervisor, and a copy that is started by hand has none.
    if (variable == "XPC_SERVICE_NAME") continue;
    target.environment.push_back(std::string(variable).append("=").append(value));
  }
  return target;
}

void Overlay(const CheckCommand& options, Target& target) {
  const Target& given = options.given;
  if (given.port) target.port = given.port;
  if (given.pid_file) target.pid_file = given.pid_file;
  if (given.health_path != Target{}.health_path) target.health_path = given.health_path;
  if (given.duplicate_exit) target.duplicate_exit = given.duplicate_exit;
  if (options.start_timeout) target.start_timeout = *options.start_timeout;
  if (!given.needs.empty()) target.needs = given.needs;
  if (!given.stop_command.empty()) target.stop_command = given.stop_command;
  if (!given.status_command.empty()) target.status_command = given.status_command;
}

// A placeholder says that the sandbox chooses.
void ReadPlaceholders(Target& target) {
  constexpr int kAnyPort = 8767;
  if (Mentions(target.command, "{port}") && !target.port) target.port = kAnyPort;
  if (Mentions(target.command, "{pid_file}")) target.pid_file = "{pid_file}";
}

Target Declared(const CheckCommand& options) {
  Target target{.folder = ""};
  if (!options.policy.empty()) target = FromPolicy(options.policy);
  if (!options.target_file.empty()) target = ReadTargetFile(options.target_file);
  target.policy = Locate(options.policy);
  return target;
}

Target TargetOf(const CheckCommand& options, Target target,
                const std::vector<std::string>& command) {
  if (!command.empty()) target.command = command;
  if (target.command.empty()) {
    throw BadInput("nothing to check: write the server's command after --");
  }
  if (target.folder.empty()) target.folder = std::filesystem::current_path();
  Overlay(options, target);
  ReadPlaceholders(target);
  target.as_deployed = FullSandboxWorks();
  return target;
}

// Without namespaces the real files and ports would be faulted.
void RefuseToHarm(const CheckCommand& options, const Target& target) {
  if (FullSandboxWorks() || options.unsandboxed) return;
  const bool chosen = Mentions(target.command, "{port}") &&
                      (Mentions(target.command, "{pid_file}") || Mentions(target.command, "{dir}"));
  if (chosen) return;
  throw BadInput("no full sandbox here (" + FullSandboxObstacle() +
                 "): your real files and ports would be faulted. Write {port}, {pid_file} and "
                 "{dir} into the command, or say --unsandboxed; `pidfall doctor` has the cures");
}

// --- running and reporting

std::vector<Case> CasesOf(const CheckCommand& options, const Target& target,
                          const std::vector<std::string>& command) {
  std::vector<Case> cases;
  std::size_t position = 0;
  const auto& common = options.common;
  for (const Scenario* scenario : Select(Catalogue(), common.scenarios, common.excepts)) {
    if (!common.shard.Has(position++)) continue;
    const Case one{.scenario = scenario,
                   .target = target,
                   .reproduce = AgainCheck(options.again, scenario->id, command)};
    cases.insert(cases.end(), static_cast<std::size_t>(common.repeat), one);
  }
  return cases;
}

const Scenario* ScenarioOf(const Result& result) {
  for (const Scenario& scenario : Catalogue()) {
    if (scenario.id == result.scenario) return &scenario;
  }
  return nullptr;
}

Advice AdviceOn(const Result& result) {
  const Scenario* scenario = ScenarioOf(result);
  return {.harm = scenario != nullptr ? std::string(scenario->harm) : "",
          .mend = "docs/SERVER-SAFEGUARD-PATTERNS.md#" + result.family};
}

void AcceptKnown(std::vector<Result>& results, const Baseline& baseline, const Outputs& outputs) {
  for (const std::string& scenario : baseline.Mended(results)) {
    outputs.Print(fmt::format("MENDED  {} is in the baseline and passes now\n", scenario));
  }
  for (Result& result : results) {
    if (!baseline.Knows(result)) continue;
    result.verdict = Verdict::kNotApplicable;
    result.summary = "known (baseline): " + result.summary;
  }
}

std::string CommandText(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + ShellQuoted(word);
  return text;
}

void PrintHead(const Outputs& outputs, const Target& target, const Found& found) {
  outputs.Print(fmt::format("target   {}: {}\n", CommandText(target.command), Describe(found)));
  outputs.Print(fmt::format(
      "sandbox  {}; {}\n", SandboxName(),
      target.as_deployed ? "your running copy and files are not touched" : "real files and ports"));
}

// A server that could not have what it needs says so itself, as a rule.
std::string HintOn(const Found& found) {
  const auto says = [&](const char* word) { return found.why_not.find(word) != std::string::npos; };
  if (says("refused") || says("ECONNREFUSED")) {
    return "\nA connection was refused: start what it needs with --with COMMAND.\n";
  }
  if (says("terminal") || says("tty") || says("EOF when reading")) {
    return "\nIt may want a terminal: there is none here, as there is none under a supervisor.\n";
  }
  return "\n";
}

int NeverServed(const Target& target, const Found& found) {
  Print(stderr, fmt::format("pidfall: {} never served: {}{}", CommandText(target.command),
                            found.why_not, HintOn(found)));
  return kBrokenRun;
}

int ChangesPort(const Target& target, const Found& found) {
  Print(stderr,
        fmt::format("pidfall: {} serves on another port at each start ({}, then {}): give "
                    "it one, or two copies cannot be told apart\n",
                    CommandText(target.command), found.listeners.front().port, *found.next_port));
  return kBrokenRun;
}

// Every verdict on it would be about another file.
void RefuseOtherPidFile(const Target& asked, const Found& found) {
  const bool chosen = asked.pid_file && *asked.pid_file != "{pid_file}";
  if (!chosen || asked.pid_file == found.pid_file) return;
  throw BadInput(*asked.pid_file + " does not name the server once it serves; " +
                 (found.pid_file ? *found.pid_file + " does" : "nothing that it wrote does"));
}

std::vector<Result> RunAll(const CheckCommand& options, const std::vector<Case>& cases) {
  const InterruptGuard guard;
  Progress progress(stderr, cases.size());
  return RunCases(cases, {.jobs = options.common.jobs, .keep = options.common.keep},
                  [&](const Result& result) { progress.Step(result); });
}

int Judge(const CheckCommand& options, const JsonHead& head, std::vector<Result> results,
          const Outputs& outputs, Clock::time_point start) {
  const CommonOptions& common = options.common;
  const bool named = !options.policy.empty();
  const std::string policies = named ? "" : OtherPoliciesText(results);
  SetOtherPoliciesAside(named ? "not the policy named" : "no --policy named", &results);
  if (!options.baseline.empty()) AcceptKnown(results, ReadBaseline(options.baseline), outputs);
  for (const Result* finding : Findings(results, common.verbose)) {
    outputs.Print(FindingText(*finding, AdviceOn(*finding), outputs.paint(), common.verbose));
  }
  outputs.Print(policies + SkipText(results) + KeptText(results));
  const std::chrono::duration<double, std::milli> took = Clock::now() - start;
  outputs.Print(CheckSummary(results, took.count(), Interrupted()) + '\n');
  outputs.WriteFiles(head, results);
  return ExitStatusOf(results, {.no_skip = common.no_skip, .interrupted = Interrupted()});
}

int Check(const CheckCommand& options, const std::vector<std::string>& command) {
  const auto start = Clock::now();
  const Outputs outputs(options.common);
  const OutputFile target_file(options.write_target);
  const auto scenarios = Select(Catalogue(), options.common.scenarios, options.common.excepts);
  if (!options.baseline.empty()) ReadBaseline(options.baseline);
  const Target declared = Declared(options);
  if (options.common.list) {
    outputs.Print(ListText(scenarios, options.common.verbose));
    return kAsItShouldBe;
  }
  const Target asked = TargetOf(options, declared, command);
  RefuseToHarm(options, asked);
  const Found found = Discover(asked);
  if (!found.stays) return NeverServed(asked, found);
  if (found.next_port) return ChangesPort(asked, found);
  RefuseOtherPidFile(asked, found);
  const Target target = Complete(asked, found);
  target_file.Write(TargetFileText(target));
  PrintHead(outputs, target, found);
  const JsonHead head{PIDFALL_VERSION, "check", SandboxName(), target, JsonText(found)};
  return Judge(options, head, RunAll(options, CasesOf(options, target, target.command)), outputs,
               start);
}

// --- the command line

// Says what the option means, and remembers it for the command that shows a case again.
void DeclareText(CLI::App* app, CheckCommand* options, const std::string& name,
                 const std::string& type, const std::string& text,
                 const std::function<void(const std::string&)>& store) {
  app->add_option_function<std::string>(
         name,
         [=](const std::string& value) {
           if (value.empty()) throw BadInput(name + ": the value is empty");
           store(value);
           options->again.insert(options->again.end(), {name, value});
         },
         text)
      ->type_name(type)
      ->trigger_on_parse();
}

void DeclareTarget(CLI::App* app, CheckCommand* options) {
  Target& given = options->given;
  const auto into = [](std::string& place) {
    return [&place](const std::string& value) { place = value; };
  };
  const auto declare = [&](const char* name, const char* type, const char* text, auto store) {
    DeclareText(app, options, name, type, text, store);
  };
  declare("--target", "FILE.toml", "Read the target from a file", into(options->target_file));
  DeclarePort(app, [options](int port) {
    options->given.port = port;
    options->again.insert(options->again.end(), {"--port", std::to_string(port)});
  });
  declare("--pid-file", "PATH", "Its pid file, where it is not found by itself",
          [&given](const std::string& path) { given.pid_file = PidFileIn("", path); });
  declare("--health", "PATH", "A path that answers when it serves", into(given.health_path));
  DeclareNumber(
      app, "--duplicate-exit", "The status that a duplicate declares", 0, kLastStatus,
      [options](int status) {
        options->given.duplicate_exit = status;
        options->again.insert(options->again.end(), {"--duplicate-exit", std::to_string(status)});
      });
  declare("--policy", "FILE|NAME", "Its supervisor: a plist, or a name", into(options->policy));
  declare("--with", "COMMAND", "Start what it needs first, several times",
          [&given](const std::string& command) { given.needs.push_back(command); });
  declare("--stop-command", "COMMAND", "What stops it by its pid file", into(given.stop_command));
  declare("--status-command", "COMMAND", "What asks for its state", into(given.status_command));
  declare("--start-timeout", "D", "How long a start may take [10s]",
          [options](const std::string& text) {
            options->start_timeout = std::chrono::ceil<std::chrono::seconds>(ParseDuration(text));
          });
}

void DeclareFiles(CLI::App* app, CheckCommand* options) {
  app->add_option("--baseline", options->baseline, "Accept the failures in this --json file")
      ->type_name("FILE");
  app->add_option("--write-target", options->write_target, "Write what was found to this file")
      ->type_name("FILE");
  const auto unsandboxed = [options] {
    options->unsandboxed = true;
    options->again.emplace_back("--unsandboxed");
  };
  app->add_flag_callback("--unsandboxed", unsandboxed,
                         "Without namespaces: fault the real files and ports");
  DeclareLaterFlag(app, "--exhaustive", "Every crash point, error and schedule");
}

}  // namespace

void AddCheckCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<CheckCommand>();
  CLI::App* check = app->add_subcommand("check", "Every scenario on any server, as deployed");
  DeclareTarget(check, options.get());
  DeclareFiles(check, options.get());
  DeclareCommon(check, &options->common);
  DeclareFollower(check);
  check->callback(
      [=] { invocation->action = [=] { return Check(*options, invocation->command); }; });
}

}  // namespace pidfall
