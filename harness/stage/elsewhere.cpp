#include "harness/stage/elsewhere.h"

namespace pidfall {

StartOptions Elsewhere(Stage& stage) {
  const Target& target = stage.target();
  if (!target.pid_file || !Mentions(target.command, "{port}")) return {};
  return {.port = stage.OtherPort()};
}

Instance& StartElsewhere(Stage& stage, const std::vector<std::string>& arguments) {
  StartOptions options = Elsewhere(stage);
  options.arguments = arguments;
  return stage.Start(options);
}

std::string OtherPidFile(const Stage& stage) { return stage.folder() + "/other.pid"; }

}  // namespace pidfall
