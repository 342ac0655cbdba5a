#include "harness/run/probe_rules.h"

#include "harness/input/bad_input.h"
#include "harness/sandbox/features.h"
#include "harness/sandbox/sandbox.h"

namespace pidfall {

namespace {

// The placeholders that the command lacks: it must let the sandbox choose their values.
std::string MissingPlaceholders(const std::vector<std::string>& command) {
  const bool has_file = Mentions(command, "{pid_file}") || Mentions(command, "{dir}");
  const char* const file = has_file ? "" : "{pid_file} (or {dir}, for its folder)";
  if (Mentions(command, "{port}")) return file;
  return has_file ? "{port}" : std::string("{port} and ") + file;
}

}  // namespace

void RefuseToHarm(const Target& target) {
  if (FullSandboxWorks()) return;
  const std::string missing = MissingPlaceholders(target.command);
  if (missing.empty()) return;
  throw BadInput("no full sandbox here (" + FullSandboxObstacle() +
                 "), so the faults would meet your real files and port. Give each start its own: "
                 "write " +
                 missing +
                 " into the command, such as -- ./serve --port {port} --pid-file {pid_file}; or "
                 "say --unsandboxed where nothing can be harmed. `pidfall doctor` says how to get "
                 "a sandbox");
}

void RefuseOtherPidFile(const Target& asked, const Found& found) {
  const bool chosen = asked.pid_file && *asked.pid_file != "{pid_file}";
  if (!chosen || asked.pid_file == found.pid_file || asked.pid_file == found.lock_file) return;
  throw BadInput(*asked.pid_file + " is not there as a file once the server serves; " +
                 (found.pid_file ? "its pid file is " + *found.pid_file : "it wrote none"));
}

std::string HintOnMissing(const Target& target, const Found& found) {
  const auto says = [&](const char* word) { return found.why_not.find(word) != std::string::npos; };
  if (says("in PATH: No such file")) {
    return "No folder of PATH has that program: write its path, such as ./" +
           target.command.front() + ".";
  }
  if (target.port && !found.listeners.empty() && found.listeners.front().port != *target.port) {
    return "The port is found without --port: leave it out, or give the one that it listens on.";
  }
  if (says("refused") || says("ECONNREFUSED")) {
    return "A connection was refused: start what it needs with --with COMMAND.";
  }
  if (says("terminal") || says("tty") || says("EOF when reading")) {
    return "It may want a terminal: there is none here, as there is none under a supervisor.";
  }
  return "";
}

}  // namespace pidfall
