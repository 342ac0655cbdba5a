// Not offered on macOS: the process that runs an agent's command is looked up in /proc.
#include <stdexcept>

#include "guard/agents.h"

namespace pidfall::guard {

std::vector<Agent> ReadAgents(const std::filesystem::path&) {
  throw std::runtime_error("agents are not compared on macOS");
}

std::vector<std::string> CheckAgents(const std::filesystem::path& folder,
                                     const std::vector<std::filesystem::path>&) {
  ReadAgents(folder);
  return {};
}

}  // namespace pidfall::guard
