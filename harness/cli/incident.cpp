#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "harness/cli/command.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/options.h"
#include "harness/input.h"

namespace pidfall {
namespace {

struct IncidentCommand {
  CommonOptions common;
  std::string mechanism;
  std::string policy;
  std::string which;  // an id, an address or a file
  bool all = false;
  bool real_time = false;
};

using Options = std::shared_ptr<IncidentCommand>;

[[noreturn]] int Later() { throw BadInput("incident arrives with a later version"); }

void AddList(CLI::App* incident, const Options& options, Invocation* invocation) {
  CLI::App* list = incident->add_subcommand("list", "The incidents that come with pidfall");
  list->add_option("--mechanism", options->mechanism, "Only those of this mechanism");
  list->add_option("--policy", options->policy, "Only those under this policy");
  list->callback([=] {
    RefuseCommand(invocation->command, "incident list");
    invocation->action = [] { return Later(); };
  });
}

void AddShow(CLI::App* incident, const Options& options, Invocation* invocation) {
  CLI::App* show = incident->add_subcommand("show", "What happened, and what is known of it");
  show->add_option("id", options->which, "Its id")->required();
  show->callback([=] {
    RefuseCommand(invocation->command, "incident show");
    invocation->action = [] { return Later(); };
  });
}

void AddNew(CLI::App* incident, Invocation* invocation) {
  CLI::App* create = incident->add_subcommand("new", "Write one down (with a later version)");
  create->allow_extras();
  create->callback([=] {
    invocation->action = []() -> int {
      throw BadInput("incident new arrives with a later version");
    };
  });
}

int Run(const IncidentCommand& options) {
  if (options.all != options.which.empty()) {
    throw BadInput("incident run takes either one ID, address or file, or --all");
  }
  Later();
}

void AddRun(CLI::App* incident, const Options& options, Invocation* invocation) {
  CLI::App* run = incident->add_subcommand("run", "Let it happen again, before and after the mend");
  run->add_option("which", options->which, "Its id, its address, or a file")
      ->type_name("ID|ADDRESS|FILE");
  run->add_flag("--all", options->all, "Every incident");
  run->add_flag("--real-time", options->real_time, "Wait as long as a supervisor would");
  DeclareReports(run, &options->common);
  run->callback([=] { invocation->action = [=] { return Run(*options); }; });
}

}  // namespace

void AddIncidentCommand(CLI::App* app, Invocation* invocation) {
  auto options = std::make_shared<IncidentCommand>();
  CLI::App* incident = app->add_subcommand("incident", "Dated public failures, happening again");
  incident->require_subcommand(1);
  AddList(incident, options, invocation);
  AddShow(incident, options, invocation);
  AddNew(incident, invocation);
  AddRun(incident, options, invocation);
}

}  // namespace pidfall
