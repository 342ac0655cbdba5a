#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/options.h"
#include "harness/input.h"
#include "harness/supervisor/duration.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/prediction.h"

namespace pidfall {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

struct SuperviseCommand {
  CommonOptions common;
  std::string policy;
  std::chrono::nanoseconds window = minutes(10);
  bool real_time = false;
  bool table = false;
  int port = 0;
};

// The ways a server ends soon after its start: politely, with an error, and killed.
int PrintTable(const SuperviseCommand& options) {
  constexpr milliseconds kRunTime(50);
  const std::vector<Behaviour> behaviours = {{.run_time = kRunTime, .status = 0},
                                             {.run_time = kRunTime, .status = 1},
                                             {.run_time = kRunTime, .signal = SIGKILL}};
  std::fputs(PolicyTable(behaviours, options.window).c_str(), stdout);
  return kAsItShouldBe;
}

std::chrono::nanoseconds Window(const std::string& text) {
  const auto window = ParseDuration(text);
  if (window <= window.zero()) throw BadInput("--for: '" + text + "' is no time at all");
  return window;
}

int Supervise(const SuperviseCommand& options, const std::vector<std::string>& command) {
  if (options.table) return PrintTable(options);
  if (options.policy.empty()) throw BadInput("supervise needs --policy FILE or NAME, or --table");
  const auto policy = LookUpPolicy(options.policy);
  if (command.empty() && policy->job().command.empty()) {
    throw BadInput("nothing to supervise: --policy " + options.policy +
                   " names no command, and none follows --");
  }
  throw BadInput("supervise arrives with a later version");
}

}  // namespace

void AddSuperviseCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<SuperviseCommand>();
  CLI::App* supervise =
      app->add_subcommand("supervise", "A command under a supervisor's rules, in simulated time");
  supervise->add_option("--policy", options->policy, "launchd:keepalive, or a supervisor's file")
      ->type_name("FILE|NAME[:ARG]");
  const auto store = [options](const std::string& text) { options->window = Window(text); };
  supervise->add_option_function<std::string>("--for", store, "So long, 10min unless said")
      ->type_name("D");
  supervise->add_flag("--real-time", options->real_time, "Wait as long as a supervisor would");
  supervise->add_flag("--table", options->table, "What every known policy makes of each ending");
  DeclarePort(supervise, [options](int port) { options->port = port; });
  DeclareReports(supervise, &options->common);
  supervise->callback(
      [=] { invocation->action = [=] { return Supervise(*options, invocation->command); }; });
}

}  // namespace pidfall
