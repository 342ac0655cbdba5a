#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/input.h"

namespace pidfall {

void AddCheckCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* check =
      app->add_subcommand("check", "Every scenario on any server (with a later version)");
  check->allow_extras();
  check->callback([=] {
    invocation->action = []() -> int { throw BadInput("check arrives with a later version"); };
  });
}

}  // namespace pidfall
