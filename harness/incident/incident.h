// A dated public failure as a timeline file, with the outcome per guard as data.
//
//   const Incident incident = ReadIncident("incidents/2025-12-22-port-conflict.toml");
//   for (const IncidentVariant& variant : incident.variants) {
//     for (const IncidentGuard& guard : incident.guards) {
//       StageJobs jobs(CommandsOf(incident, guard, servers_folder));
//       SimulationLog log = Simulate(variant.plan, jobs);
//       auto surprises = Differences(variant.expected.at(guard.name), log);
//     }
//   }
//
// IncidentTemplate() is the format, with a comment at every key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/supervisor/simulation.h"

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

// What must be seen in one variant with one guard. What is left out is not looked at.
struct ExpectedOutcome {
  std::string why;                           // in a sentence
  std::string breaks;                        // the clause that this outcome breaks; empty: none
  std::map<std::string, CountRange> starts;  // by actor
  std::map<std::string, std::vector<int>> statuses;  // by actor: of its own ends; -9 a signal
  std::optional<SupervisorTime> served_within;       // after the last owner went
  bool never_served = false;                         // after the last owner went
  int owners = 1;                                    // at most, at one instant
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
  std::string dated;  // 2025-12-22
  std::string source;
  std::vector<std::string> see;  // the same mechanism elsewhere
  std::string mechanism;
  std::vector<std::string> actors;
  std::map<std::string, std::vector<std::string>> commands;  // by actor
  std::vector<IncidentGuard> guards;
  std::vector<IncidentVariant> variants;
};

// Both throw BadInput, with file and line.
Incident ReadIncident(const std::string& file);
std::vector<Incident> ReadIncidents(const std::string& folder);  // every *.toml, by name

// By id, by source address (owner/repo#N or its URL), or a file. Throws BadInput.
Incident FindIncident(const std::string& folder, const std::string& id_address_or_file);

// One command per actor of the plan, {guard} and {servers} filled in; {port}, {pid_file} and {dir}
// are left to the sandbox.
std::vector<std::vector<std::string>> CommandsOf(const Incident& incident,
                                                 const IncidentGuard& guard,
                                                 const std::string& servers_folder);

// A sentence for each way in which the outcome is not the expected one.
std::vector<std::string> Differences(const ExpectedOutcome& expected, const SimulationLog& log);

std::string IncidentTemplate();
// What `incident new FILE` does, never over a file that is there: it may be somebody's work. Throws
// BadInput.
void WriteIncidentTemplate(const std::string& path);

}  // namespace pidfall
