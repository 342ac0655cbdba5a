#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/input/bad_input.h"

namespace pidfall {

void AddExploreCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* explore = app->add_subcommand(
      "explore", "Every crash point, error and schedule of a server (with a later version)");
  explore->allow_extras();
  explore->callback([=] {
    invocation->action = []() -> int { throw BadInput("explore arrives with a later version"); };
  });
}

}  // namespace pidfall
