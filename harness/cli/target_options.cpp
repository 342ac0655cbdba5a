#include "harness/cli/target_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>

#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/print.h"
#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/input/secrets.h"
#include "harness/input/shell_quote.h"
#include "harness/report/text.h"
#include "harness/run/probe_rules.h"
#include "harness/sandbox/features.h"
#include "harness/sandbox/sandbox.h"
#include "harness/supervisor/policies.h"
#include "harness/target/target_file.h"

namespace pidfall {
namespace {

constexpr int kLastStatus = 255;

// --- the target, from its file, a policy, the options and the command line: later ones win

// A file is read again inside the sandbox, in another folder.
std::string Locate(const std::string& policy) {
  return policy.empty() ? policy : LocatePolicy(policy, std::filesystem::current_path());
}

Target FromPolicy(const std::string& name) {
  const std::unique_ptr<Policy> policy = LookUpPolicy(name);
  const Job& job = policy->job();
  Target target{.command = job.command, .folder = job.working_directory};
  for (const auto& [variable, value] : job.environment) {
    target.environment.push_back(std::string(variable).append("=").append(value));
  }
  return target;
}

Target FromFile(const TargetOptions& options) {
  return ReadTargetFile(options.target_file, options.variant, LookUpPolicy);
}

void Overlay(const TargetOptions& options, Target& target) {
  const Target& given = options.given;
  if (given.port) target.port = given.port;
  if (given.pid_file) target.pid_file = given.pid_file;
  if (given.health_path != Target{}.health_path) target.health_path = given.health_path;
  if (given.duplicate_exit) target.duplicate_exit = given.duplicate_exit;
  if (options.start_timeout) target.start_timeout = *options.start_timeout;
  if (!given.needs.empty()) target.needs = given.needs;
  if (!given.stop_command.empty()) target.stop_command = given.stop_command;
  if (!given.status_command.empty()) target.status_command = given.status_command;
  if (!given.older_command.empty()) target.older_command = given.older_command;
  if (!given.also.empty()) target.also = given.also;
}

// A placeholder means that the sandbox chooses.
void ReadPlaceholders(Target& target) {
  constexpr int kAnyPort = 8767;
  if (Mentions(target.command, "{port}") && !target.port) target.port = kAnyPort;
  if (Mentions(target.command, "{pid_file}")) target.pid_file = "{pid_file}";
}

Target TargetOf(const TargetOptions& options, Target target,
                const std::vector<std::string>& command) {
  if (!command.empty()) target.command = command;
  if (target.command.empty()) {
    throw BadInput(
        "nothing to " + options.verb +
        ": write the server's command after --, such as -- python3 serve.py --port 8000");
  }
  if (target.folder.empty()) target.folder = std::filesystem::current_path();
  Overlay(options, target);
  ReadPlaceholders(target);
  target.as_deployed = FullSandboxWorks();
  return target;
}

std::string NeverServed(const Target& target, const Found& found) {
  const std::string hint = CleanLine(HintOnMissing(target, found));
  return fmt::format("{} never served: {}\n{}{}", CleanLine(ShellCommand(target.command)),
                     CleanText(found.why_not), hint, hint.empty() ? "" : "\n");
}

std::string ChangesPort(const Target& target, const Found& found) {
  return fmt::format(
      "{} serves on another port at each start ({}, then {}): give it one, or two "
      "copies cannot be told apart\n",
      CleanLine(ShellCommand(target.command)), found.listeners.front().port, *found.next_port);
}

// Declares the option with its help, and remembers it for the command that shows a case again.
void DeclareText(CLI::App* app, TargetOptions* options, const std::string& name,
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

}  // namespace

Target Declared(const TargetOptions& options) {
  Target target{.folder = ""};
  if (!options.variant.empty() && options.target_file.empty()) {
    throw BadInput("--variant " + options.variant + ": of which file? Say --target FILE.toml");
  }
  if (!options.policy.empty()) target = FromPolicy(options.policy);
  if (!options.target_file.empty()) target = FromFile(options);
  target.policy = Locate(options.policy.empty() ? target.policy : options.policy);
  for (const std::string& variable : target.environment) RememberSecret(variable);
  return target;
}

std::string DescribingFile(const TargetOptions& options) {
  const std::string file = options.policy.empty() ? "" : FileOfPolicy(options.policy);
  return file.empty() ? options.target_file : file;
}

// Only a placeholder says that it has one, and what it makes of that is another thing: a folder, say.
bool IsMistakenForPidFile(const TargetOptions& options, const Target& declared,
                          const Found& found) {
  const bool is_declared = options.given.pid_file || declared.pid_file;
  return !is_declared && found.makes_other_thing && !found.lock_file;
}

ProbeAnswer AskForTarget(const TargetOptions& options, const Target& declared,
                         const std::vector<std::string>& command) {
  const Target asked = TargetOf(options, declared, command);
  if (!options.unsandboxed) RefuseToHarm(asked);
  Found found = Discover(asked);
  if (!found.stays) return {{}, NeverServed(asked, found)};
  if (found.next_port && !found.pid_file && !found.lock_file) {
    return {{}, ChangesPort(asked, found)};
  }
  RefuseOtherPidFile(asked, found);
  Target known = asked;
  if (IsMistakenForPidFile(options, declared, found)) known.pid_file.reset();
  return {ProbedTarget{Complete(known, found), std::move(found)}, ""};
}

std::optional<ProbedTarget> Probe(const TargetOptions& options, const Target& declared,
                                  const std::vector<std::string>& command) {
  ProbeAnswer answer = AskForTarget(options, declared, command);
  if (!answer.target) Print(stderr, "pidfall: " + answer.why_not);
  return std::move(answer.target);
}

void PrintHead(const Outputs& outputs, const Target& target, const Found& found) {
  outputs.Print(
      CleanText(fmt::format("target   {}: {}\n", ShellCommand(target.command), Describe(found))));
  if (found.listeners.empty() && found.unix_sockets.empty()) {
    outputs.Print(
        "         it listens nowhere, so it serves by staying; if it listens later: --port\n");
  }
  outputs.Print(fmt::format(
      "sandbox  {}; {}\n", SandboxName(),
      target.as_deployed ? "your running copy and files are not touched" : "real files and ports"));
}

void DeclareTarget(CLI::App* app, TargetOptions* options) {
  Target& given = options->given;
  const auto into = [](std::string& place) {
    return [&place](const std::string& value) { place = value; };
  };
  const auto declare = [&](const char* name, const char* type, const char* text, auto store) {
    DeclareText(app, options, name, type, text, store);
  };
  declare("--target", "FILE.toml", "Read the target from a file", into(options->target_file));
  declare("--variant", "NAME", "Use [variant.NAME] of that file", into(options->variant));
  DeclarePort(app, [options](int port) {
    options->given.port = port;
    options->again.insert(options->again.end(), {"--port", std::to_string(port)});
  });
  declare("--pid-file", "PATH", "Its pid file, if it is not found automatically",
          [&given](const std::string& path) { given.pid_file = PidFileIn("", path); });
  declare("--health", "PATH", "A path that answers when it serves", into(given.health_path));
  DeclareNumber(
      app, "--duplicate-exit", "The declared status of a duplicate", 0, kLastStatus,
      [options](int status) {
        options->given.duplicate_exit = status;
        options->again.insert(options->again.end(), {"--duplicate-exit", std::to_string(status)});
      });
  declare("--policy", "FILE|NAME", "Its supervisor: its file, or a name", into(options->policy));
  declare("--with", "COMMAND", "Start a program that it needs first; several times",
          [&given](const std::string& command) { given.needs.push_back(command); });
  declare("--stop-command", "COMMAND", "Stops it by its pid file", into(given.stop_command));
  declare("--status-command", "COMMAND", "Asks for its state", into(given.status_command));
  declare("--older", "COMMAND",
          "An older version: do the two keep each other out, and does each serve after the other "
          "was killed? (--scenario 'upgrade/*')",
          [&given](const std::string& command) { given.older_command = ExecutedByShell(command); });
  declare("--also", "COMMAND",
          "Another way in which it is started: does each keep the others out? Several times",
          [&given](const std::string& command) { given.also.push_back(command); });
  declare("--start-timeout", "D", "How long a start may take [10s]",
          [options](const std::string& text) {
            options->start_timeout = std::chrono::ceil<std::chrono::seconds>(ParseDuration(text));
            if (options->start_timeout->count() <= 0) {
              throw BadInput("--start-timeout: '" + text + "' is no time at all");
            }
          });
  const auto unsandboxed = [options] {
    options->unsandboxed = true;
    options->again.emplace_back("--unsandboxed");
  };
  app->add_flag_callback("--unsandboxed", unsandboxed,
                         "Without namespaces: fault the real files and ports");
}

}  // namespace pidfall
