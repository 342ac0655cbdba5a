#include "harness/cli/cli.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/completions.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/options.h"
#include "harness/cli/print.h"
#include "harness/cli/usage_error.h"
#include "harness/input/bad_input.h"
#include "harness/input/secrets.h"
#include "harness/input/shell_quote.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

constexpr const char* kPurpose =
    "Breaks a server's instance safeguard in every known way and says which promise broke.";

// The start script sets a variable with the name that it was called by; targets must not inherit
// it.
std::string ProgramOf(int argc, const char* const* argv) {
  const char* called_as = std::getenv("PIDFALL_CALLED_AS");
  std::string by_script = called_as != nullptr ? called_as : "";
  unsetenv("PIDFALL_CALLED_AS");
  if (!by_script.empty()) return by_script;
  return argc > 0 ? argv[0] : "pidfall";
}

// Our own words, in reverse order as CLI11 wants them. It does not see the words after `--`: it
// would look for our options in the user's command.
std::vector<std::string> SplitArguments(int argc, const char* const* argv, Invocation* invocation) {
  std::vector<std::string> ours(argv + std::min(argc, 1), argv + argc);
  const auto separator = std::find(ours.begin(), ours.end(), "--");
  if (separator != ours.end()) {
    invocation->command.assign(separator + 1, ours.end());
    if (invocation->command.empty()) throw BadInput("no command follows --");
    ours.erase(separator, ours.end());
  }
  std::reverse(ours.begin(), ours.end());
  return ours;
}

// For the packages, so it is not in the help.
void DeclareCompletions(CLI::App* app, Invocation* invocation) {
  const auto print = [app, invocation](const std::string& shell) {
    invocation->action = [app, shell] {
      Print(stdout, CompletionsText(*app, shell));
      return kAsItShouldBe;
    };
  };
  app->add_option_function<std::string>("--completions", print)->group("");
}

void DeclareAll(CLI::App* app, Invocation* invocation) {
  app->require_subcommand(0, 1);
  app->set_version_flag("--version", "pidfall " PIDFALL_VERSION, "Print the version");
  AddRunCommand(app, invocation);
  AddCheckCommand(app, invocation);
  AddExploreCommand(app, invocation);
  AddSuperviseCommand(app, invocation);
  AddIncidentCommand(app, invocation);
  AddAuditCommand(app, invocation);
  AddDoctorCommand(app, invocation);
  DeclareCompletions(app, invocation);
}

int Complain(std::string_view message, int status) {
  Print(stderr, fmt::format("pidfall: {}\n", CleanLine(message)));
  return status;
}

// CLI11 reports --help and --version by exceptions, too.
int Answer(const CLI::App& app, const CLI::ParseError& error, const std::string& program) {
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::Success)) {
    return Complain(UsageErrorText(app, error, program), kBadUsage);
  }
  std::ostringstream answer;
  const int status = app.exit(error, answer, answer);
  Print(stdout, answer.str());
  return CheckOutput(status);
}

std::string FirstSteps(const std::string& program) {
  static constexpr char kText[] =
      "pidfall " PIDFALL_VERSION
      " tries whether a second copy of your server stays out, as it must. It breaks the server's "
      "pid\n"
      "file, lock or port in every known way and says which promise broke, whom that harms and "
      "what to do.\n\n"
      "  {pidfall} check -- COMMAND     your server, started as you start it, such as\n"
      "  {pidfall} check -- python3 -m http.server 8000\n"
      "  {pidfall} incident list        failures that others had, to see happen again\n"
      "  {pidfall} run                  the servers that come with it: what each fault does\n"
      "  {pidfall} doctor               what this machine allows\n"
      "  {pidfall} --help               every command; check --help: its options\n\n"
      "Nothing outside its sandbox is changed; a check takes from 2 s to minutes, depending "
      "on how long one start takes.\n";
  return fmt::format(kText, fmt::arg("pidfall", ShellQuoted(program)));
}

// Every command needs it; the library's message would only be "cannot get current path".
void CheckWorkingFolder() {
  std::error_code error;
  [[maybe_unused]] const auto folder = std::filesystem::current_path(error);
  if (!error) return;
  throw BadInput("the folder that you are in cannot be found (" + error.message() +
                 "): change to one that exists");
}

int ParseAndRun(int argc, const char* const* argv) {
  for (char** variable = environ; *variable != nullptr; ++variable) RememberSecret(*variable);
  CLI::App app(kPurpose, "pidfall");
  Invocation invocation{.program = ProgramOf(argc, argv)};
  DeclareAll(&app, &invocation);
  try {
    app.parse(SplitArguments(argc, argv, &invocation));
  } catch (const CLI::ParseError& error) {
    return Answer(app, error, invocation.program);
  }
  if (invocation.action) {
    CheckWorkingFolder();
    return CheckOutput(invocation.action());
  }
  Print(stderr, FirstSteps(invocation.program));
  return kBadUsage;
}

}  // namespace

int RunCli(int argc, const char* const* argv) {
  try {
    return ParseAndRun(argc, argv);
  } catch (const BadInput& error) {
    return Complain(error.what(), kBadUsage);
  } catch (const std::exception& error) {
    return Complain(error.what(), kBrokenRun);
  }
}

}  // namespace pidfall
