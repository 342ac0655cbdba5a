#include "harness/run/probe_rules.h"

#include "harness/input/bad_input.h"
#include "harness/sandbox/features.h"
#include "harness/sandbox/sandbox.h"

namespace pidfall {

void RefuseToHarm(const Target& target) {
  if (FullSandboxWorks()) return;
  const bool chosen = Mentions(target.command, "{port}") &&
                      (Mentions(target.command, "{pid_file}") || Mentions(target.command, "{dir}"));
  if (chosen) return;
  throw BadInput("no full sandbox here (" + FullSandboxObstacle() +
                 "): your real files and ports would be faulted. Write {port}, {pid_file} and "
                 "{dir} into the command, or say --unsandboxed; `pidfall doctor` has the cures");
}

void RefuseOtherPidFile(const Target& asked, const Found& found) {
  const bool chosen = asked.pid_file && *asked.pid_file != "{pid_file}";
  if (!chosen || asked.pid_file == found.pid_file || asked.pid_file == found.lock_file) return;
  throw BadInput(*asked.pid_file + " is not there once the server serves; " +
                 (found.pid_file ? "its pid file is " + *found.pid_file : "it wrote none"));
}

std::string HintOnMissing(const Found& found) {
  const auto says = [&](const char* word) { return found.why_not.find(word) != std::string::npos; };
  if (says("refused") || says("ECONNREFUSED")) {
    return "A connection was refused: start what it needs with --with COMMAND.";
  }
  if (says("terminal") || says("tty") || says("EOF when reading")) {
    return "It may want a terminal: there is none here, as there is none under a supervisor.";
  }
  return "";
}

}  // namespace pidfall
