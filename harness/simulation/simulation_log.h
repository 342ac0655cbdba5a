// The log of a simulation: the one source of its table, drawing and JSON.
//
//   Summary(log, log.actors[1])   // "49 starts, 48 x status 1, serves 4 s after"
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

// Times count from the beginning of the simulation.
struct StartEntry {
  SupervisorTime at{};
  int pid = 0;
  bool beside_an_owner = false;  // somebody served then, a daemon that its supervisor lost included
};

struct ExitEntry {
  SupervisorTime at{};
  int pid = 0;
  int status = 0;
  int signal = 0;
  bool served = false;    // it had served before
  bool provoked = false;  // the timeline or the supervisor ended it
};

enum class Phase { kDown, kStarting, kServes, kWaits, kThrottled };

struct Span {
  Phase phase = Phase::kDown;
  SupervisorTime from{};
  SupervisorTime to{};
};

struct ActorLog {
  std::string name;
  bool supervised = false;
  std::vector<StartEntry> starts;
  std::vector<ExitEntry> exits;
  std::vector<Span> spans;             // without holes, in order
  std::optional<std::string> gave_up;  // why
  std::string rest;                    // why it is not started again, where it is not
  std::vector<std::string> signals;    // that a bystander got
};

// At the end of the simulation.
struct FileLog {
  bool exists = false;
  std::string content;  // its beginning
};

struct SimulationLog {
  std::vector<ActorLog> actors;
  SupervisorTime duration{};
  std::chrono::nanoseconds real{};  // how long it really took
  std::vector<std::string> notes;   // what was assumed, or not simulated
  std::optional<std::string> cut_short;
  std::optional<std::string> skipped;  // what this machine cannot
  // Those that were asked for, by the name they were asked by.
  std::map<std::string, FileLog> files;
};

// A time when nobody served, after somebody had.
struct Gap {
  SupervisorTime from{};
  std::optional<SupervisorTime> to;  // none: until the end
};
std::vector<Gap> Gaps(const SimulationLog& log);

// How soon a copy served after the last owner ended. None: no copy did, or no owner ended.
std::optional<SupervisorTime> ServedAfter(const SimulationLog& log);

bool EverServed(const SimulationLog& log);
bool ServesAt(const ActorLog& actor, SupervisorTime at);

// The most actors that served at one instant.
int MostOwners(const SimulationLog& log);

std::string Summary(const SimulationLog& log, const ActorLog& actor);

}  // namespace pidfall
