#include "harness/cli/bundled.h"

#include <filesystem>

namespace pidfall {
namespace {

// What each server answers with a page; the other two are asked for their root.
std::string HealthPath(const std::string& server) {
  return server == kDefaultServer ? "/tasks-overview-priority.html" : "/";
}

// `none` and `port` know the port only.
bool KeepsPidFile(const std::string& guard) { return guard != "none" && guard != "port"; }

}  // namespace

const std::vector<std::string>& BundledServers() {
  static const std::vector<std::string> servers = {std::string(kDefaultServer), "save-task-notes",
                                                   "task-notes-api"};
  return servers;
}

const std::vector<std::string>& Strategies() {
  static const std::vector<std::string> strategies = {"none", "pidfile", "lockfile", "port",
                                                      "reference"};
  return strategies;
}

std::string ProgramFolder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

Target BundledTarget(const std::string& folder, const std::string& server,
                     const std::string& guard) {
  Target target;
  target.command = {folder + '/' + server, "--guard",   guard, "--port", "{port}",
                    "--pid-file",          "{pid_file}"};
  if (KeepsPidFile(guard)) target.pid_file = "{pid_file}";
  target.health_path = HealthPath(server);
  // Without a safeguard the failed bind is all there is, and it is status 1.
  target.duplicate_exit = guard == "none" ? 1 : 0;
  return target;
}

}  // namespace pidfall
