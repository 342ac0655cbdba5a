// When a supervisor starts, restarts and gives up: a pure function from the history of one job.
//
//   std::unique_ptr<Policy> policy = LookUpPolicy("launchd:keepalive");
//   Decision first = policy->Next({});                    // right after loading
//   Decision again = policy->Next({{.ended = 50ms, .status = 1}});
//
// A policy never looks at a clock or a process, so every rule is tested as a table.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pidfall {

using SupervisorTime = std::chrono::nanoseconds;

// One run of the job that has ended. Times count from the moment the job was loaded.
struct EndedRun {
  SupervisorTime started{};
  SupervisorTime ended{};
  int status = 0;        // the exit status; 0 when a signal ended it
  int signal = 0;        // the signal that ended it, or 0
  bool stopped = false;  // the supervisor was asked to stop it
  bool served = false;   // it had served: where a supervisor asks for readiness, it was ready
  // The pid file of the job names a process that runs, or something of this run does, and may still
  // write it.
  bool has_successor = true;
};

struct Decision {
  std::optional<SupervisorTime> start_at;  // none: not started again by itself
  std::string why;                         // "KeepAlive=true, throttled for 10 s"
  bool gave_up = false;                    // it would have gone on but for a limit
  std::string removes = {};                // this pid file, whatever process it names
  std::string adopts = {};  // the process that this pid file names is the job's from now on
};

// The program, from the supervisor's own file. Empty for a policy known by name.
struct Job {
  std::string label;
  std::vector<std::string> command;
  std::string working_directory;
  std::map<std::string, std::string> environment;  // added to the supervisor's own
  std::map<std::string, std::string> marks;  // the same; by these a program knows its supervisor
  std::string pid_file;                      // that the supervisor reads
  std::vector<int> ports;                    // of the machine, that the supervisor opens for it
  std::string image;                   // of the container that it runs in; empty: it runs in none
  int copies = 1;                      // meant to run side by side; 0: any number
  bool is_one_shot = false;            // it is meant to end by itself
  bool ends_when_server_runs = false;  // it leaves the server in the background
};

class Policy {
 public:
  virtual ~Policy() = default;

  virtual std::string Describe() const = 0;  // "launchd KeepAlive=true, throttle 10 s"
  // `history` holds every run since loading, oldest first; the job does not run now.
  virtual Decision Next(const std::vector<EndedRun>& history) const = 0;
  // A person asks at `now` for a start (launchctl start, systemctl start); the job does not run.
  virtual Decision Asked(const std::vector<EndedRun>& history, SupervisorTime now) const = 0;
  // A stop sends SIGTERM, then SIGKILL after this time; none: never SIGKILL.
  virtual std::optional<SupervisorTime> ExitTimeout() const = 0;
  // Whether the rest of the process group gets SIGTERM when the main process ends.
  virtual bool EndsProcessGroup() const = 0;
  virtual const Job& job() const = 0;
  // The keys of the supervisor's file that it or this model ignores; each names its line.
  virtual const std::vector<std::string>& Notes() const = 0;
};

}  // namespace pidfall
