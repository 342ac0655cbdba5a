// A dated public failure as a timeline file, with the outcome per guard as data.
//
//   const Incident incident = ReadIncident("incidents/port-conflict.toml");   // incident_file.h
//   for (const IncidentVariant& variant : incident.variants) {
//     for (const IncidentGuard& guard : incident.guards) {
//       StageJobs jobs(stage, ActorsOf(incident, guard, servers_folder));
//       SimulationLog log = Simulate(variant.plan, jobs);
//       auto surprises = Differences(variant.expected.at(guard.name), log);
//     }
//   }
//
// docs/incident-file.md has every key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulation/simulation.h"
#include "harness/simulation/stage_jobs.h"

namespace pidfall {

struct IncidentGuard {
  std::string name;
  std::vector<std::string> arguments;  // what stands for {guard} in a command
  std::string note;
};

struct CountRange {
  int least = 0;
  int most = 0;
};

// The outcome required in one variant with one guard. A key that is left out is not looked at.
struct ExpectedOutcome {
  std::string why;                           // in a sentence
  std::string breaks;                        // the clause that this outcome breaks; empty: none
  std::map<std::string, CountRange> starts;  // by actor
  std::map<std::string, std::vector<int>> statuses;  // by actor: of its own ends; -9 a signal
  std::optional<SupervisorTime> served_within;       // after the last owner ended
  bool never_served = false;                         // after the last owner ended
  std::optional<CountRange> owners;                  // the most at one instant; none: at most 1
  std::optional<std::vector<std::string>> serves;    // the actors, at the end
  std::map<std::string, std::string> files;  // at the end: "gone", "empty", "names A", "says TEXT"
  std::vector<std::string> signalled;        // the bystanders that got a signal
};

struct IncidentActor {
  std::string name;
  std::vector<std::string> command;  // empty of a bystander
  std::map<std::string, std::string> environment;
  bool is_bystander = false;
  bool has_other_port = false;
  bool is_container = false;  // pid 1 of its own pids
  std::string host;           // its host's name; empty: this one's
  bool may_signal = true;     // else kill() gives EPERM
};

struct IncidentVariant {
  std::string name;
  SimulationPlan plan;
  std::map<std::string, ExpectedOutcome> expected;  // by guard
};

struct Incident {
  std::string file;
  std::string id;  // the file's name without .toml
  std::string title;
  std::string dated;  // 2025-12-22; empty: not known
  std::string source;
  std::vector<std::string> see;  // the same mechanism elsewhere
  std::string mechanism;
  std::string socket;  // the unix socket that they serve on; empty: a port, or none
  std::vector<IncidentActor> actors;
  std::vector<IncidentGuard> guards;
  std::vector<IncidentVariant> variants;
};

// How each actor is started, {guard} and {servers} filled in; {port}, {pid_file} and the like are
// left to the sandbox.
std::vector<StageActor> ActorsOf(const Incident& incident, const IncidentGuard& guard,
                                 const std::string& servers_folder);
// The same with a command of the user's in place of each one that {guard} stands in; of all, where
// it stands in none.
std::vector<StageActor> ActorsOf(const Incident& incident, const std::vector<std::string>& command,
                                 const std::string& servers_folder);
// {servers} filled in.
std::string WithServers(std::string text, const std::string& servers_folder);
// True where its commands speak of `place`, such as {port}.
bool Mentions(const Incident& incident, const std::string& place);

}  // namespace pidfall
