// An incident happening again: every variant with every guard, judged against what its file says.
//
//   const auto cells = RunIncident(incident, {.servers = ProgramFolder()}, simulate);
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/incident/incident.h"
#include "harness/incident/simulator.h"
#include "harness/run/result.h"

namespace pidfall {

struct IncidentOptions {
  std::string servers;  // the folder of the bundled servers
  // The command that shows one again.
  std::function<std::string(const Incident&)> reproduce = {};
  bool real_time = false;
  std::vector<std::string> command;  // a program of the user's in every role; empty: the file's
  std::optional<int> port;           // that it serves on; none: it serves by staying
  std::optional<std::string> pid_file = {};
};

struct IncidentCell {
  std::string variant;
  std::string policy;  // how its supervisor describes itself
  std::string guard;
  SimulationLog log;
  Result result;
};

// With a command of the user's there is one guard, "yours", judged by clauses C11, C1, C5 and C3.
std::vector<IncidentCell> RunIncident(const Incident& incident, const IncidentOptions& options,
                                      const Simulator& simulate);

// Several, side by side. After an interrupt, those that had ended.
std::vector<std::vector<IncidentCell>> RunIncidents(const std::vector<Incident>& incidents,
                                                    const IncidentOptions& options,
                                                    const Simulator& simulate);

// The actor that a supervisor started; the only one, where none was.
const ActorLog& SupervisedActor(const SimulationLog& log);
std::vector<Result> ResultsOf(const std::vector<IncidentCell>& cells);

}  // namespace pidfall
