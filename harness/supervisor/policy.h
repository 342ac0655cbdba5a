// When a supervisor starts, restarts and gives up: a pure function from the history of one job.
//
//   std::unique_ptr<Policy> policy = ReadLaunchdPlist("agent.plist");
//   while (auto next = policy->NextStart(history)) { ... start the job at *next ... }
//
// A policy never looks at a clock or a process, so every rule is tested as a table. Times count
// from the moment the job was loaded.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pidfall {

using SupervisorTime = std::chrono::nanoseconds;  // since the job was loaded

// One run of the job that has ended.
struct Run {
  SupervisorTime started{};
  SupervisorTime ended{};
  int status = 0;   // the exit status; 0 when a signal ended it
  int signal = 0;   // the signal that ended it, or 0
  bool stopped = false;  // the supervisor itself ended it
};

struct Decision {
  std::optional<SupervisorTime> start_at;  // none: not started again by itself
  std::string why;                         // "throttle 10 s", "exit 0 under SuccessfulExit=false"
  bool gave_up = false;                    // it would have gone on but for a limit
};

class Policy {
 public:
  virtual ~Policy() = default;
  virtual std::string Describe() const = 0;  // "launchd KeepAlive=true, throttle 10 s"
  // `history` holds every run so far, oldest first; empty right after loading.
  virtual Decision Next(const std::vector<Run>& history) const = 0;
  // How a stop goes: SIGTERM, then SIGKILL after this; none: never SIGKILL.
  virtual std::optional<SupervisorTime> ExitTimeout() const = 0;
  // SIGTERM goes to what is left of the process group when the main process ends.
  virtual bool EndsProcessGroup() const = 0;
};

}  // namespace pidfall
