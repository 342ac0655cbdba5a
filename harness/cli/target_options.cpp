#include "harness/cli/target_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/cli/print.h"
#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/input/shell_quote.h"
#include "harness/report/text.h"
#include "harness/run/probe_rules.h"
#include "harness/sandbox/features.h"
#include "harness/target/assemble.h"
#include "harness/target/target_file.h"

namespace pidfall {
namespace {

constexpr int kLastStatus = 255;

// Later ones win: its file, the options, the command line.
Target TargetOf(const TargetOptions& options, const Target& declared,
                const std::vector<std::string>& command) {
  Target given = options.given;
  given.command = command;
  Target target = Assemble(declared, given);
  if (options.start_timeout) target.start_timeout = *options.start_timeout;
  if (!target.command.empty()) return target;
  throw BadInput("nothing to " + options.verb +
                 ": write the server's command after --, such as -- python3 serve.py --port 8000");
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
  const Description& description = options.description;
  if (!description.variant.empty() && description.target_file.empty()) {
    throw BadInput("--variant " + description.variant + ": of which file? Say --target FILE.toml");
  }
  return DescribedTarget(description);
}

ProbeAnswer AskForTarget(const TargetOptions& options, const Target& declared,
                         const std::vector<std::string>& command) {
  return ProbeTarget(TargetOf(options, declared, command), {.unsandboxed = options.unsandboxed});
}

std::string WhyNot(const ProbeAnswer& answer) {
  const bool changes = answer.failure == ProbeFailure::kChangesPort;
  return (changes ? ChangesPort : NeverServed)(answer.target, answer.found);
}

std::optional<ProbeAnswer> Probe(const TargetOptions& options, const Target& declared,
                                 const std::vector<std::string>& command) {
  ProbeAnswer answer = AskForTarget(options, declared, command);
  if (answer.failure == ProbeFailure::kNone) return answer;
  Print(stderr, "pidfall: " + WhyNot(answer));
  return std::nullopt;
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
  declare("--target", "FILE.toml", "Read the target from a file",
          into(options->description.target_file));
  declare("--variant", "NAME", "Use [variant.NAME] of that file",
          into(options->description.variant));
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
  declare("--policy", "FILE|NAME", "Its supervisor: its file, or a name",
          into(options->description.policy));
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
