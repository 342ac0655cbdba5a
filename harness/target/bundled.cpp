#include "harness/target/bundled.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

struct Server {
  std::string name;
  int port;
  std::string health_path;
};

const std::vector<Server>& Servers() {
  static const std::vector<Server> servers = {
      {std::string(kDefaultServer), 8767, "/tasks-overview-priority.html"},
      {"save-task-notes", 8766, "/"},
      {"task-notes-api", 5002, "/"},
  };
  return servers;
}

const Server& Find(const std::string& name) {
  for (const Server& server : Servers()) {
    if (server.name == name) return server;
  }
  throw BadInput("there is no bundled server '" + name + "'");
}

constexpr char kPlain[] = "pidfile";  // the report's, and so the one to upgrade from

// `none` and `port` know the port only.
bool KeepsPidFile(const std::string& guard) { return guard != "none" && guard != "port"; }

std::vector<std::string> Replace(std::vector<std::string> command, const std::string& word,
                                 const std::string& by) {
  std::replace(command.begin(), command.end(), word, by);
  return command;
}

// It alone answers in every way, and comes with a command that asks and stops.
void AddReferenceParts(const std::string& folder, Target& target) {
  target.standby_arguments = {"--on-duplicate", "wait"};
  target.takeover_arguments = {"--on-duplicate", "takeover"};
  target.auto_arguments = {"--on-duplicate", "auto"};
  target.stop_command = folder + "/pidfall-guard stop {pid_file}";
  target.status_command = folder + "/pidfall-guard status {pid_file}";
}

}  // namespace

const std::vector<std::string>& BundledServers() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Server& server : Servers()) all.push_back(server.name);
    return all;
  }();
  return names;
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
  // auto: a person's second copy ends, a supervisor's stands by (where the strategy can).
  target.command = {folder + '/' + server,
                    "--guard",
                    guard,
                    "--host",
                    "{host}",
                    "--port",
                    "{port}",
                    "--pid-file",
                    "{pid_file}",
                    "--on-duplicate",
                    "auto"};
  if (KeepsPidFile(guard)) target.pid_file = "{pid_file}";
  target.port = Find(server).port;
  target.health_path = Find(server).health_path;
  target.child_arguments = {"--run", "sleep 1000"};
  target.fork_arguments = {"--fork"};
  target.dead_main_arguments = {"--end-main-thread"};
  target.restart_signal = SIGUSR2;
  if (KeepsPidFile(guard)) target.older_command = Replace(target.command, guard, kPlain);
  if (guard == kPlain) target.stop_command = "kill $(cat {pid_file})";
  if (guard == "reference") AddReferenceParts(folder, target);
  // Without a safeguard the failed bind is all there is, and it is status 1.
  target.duplicate_exit = guard == "none" ? 1 : 0;
  return target;
}

}  // namespace pidfall
