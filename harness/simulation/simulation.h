// Supervisors at work on real processes, with their waiting jumped over.
//
//   SimulationLog log = Simulate({.actors = {{"agent", policy}},
//                                 .events = {{.action = Action::kLoad, .actor = 0}},
//                                 .duration = 10min},
//                                jobs);
//
// Real run time is always added, but for the time that others had the processors. Time jumps to the
// next due moment only once every process has settled: it ended, serves, or waits without a
// timeout. So fifty restarts at launchd's throttle read 8 min 20 s and take well under a second.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulation/jobs.h"
#include "harness/simulation/roll_out.h"
#include "harness/simulation/simulation_log.h"
#include "harness/supervisor/policy.h"

namespace pidfall {

struct Actor {
  std::string name;
  std::shared_ptr<const Policy> policy;  // none: started by hand
};

// The pid that a start gets: of an actor's last process, or a number; 0: any.
struct PidChoice {
  std::optional<std::size_t> of;
  int number = 0;
};

enum class Action {
  kStart,    // by hand; of a supervised actor, by asking its supervisor (launchctl start)
  kStop,     // SIGTERM; of a supervised actor, by its supervisor (launchctl stop)
  kKill,     // SIGKILL from outside
  kHang,     // SIGSTOP from outside
  kWake,     // SIGCONT
  kSignal,   // of which it makes what it will
  kRelease,  // the actor goes on, which is held at a touch (held_at)
  kVisit,    // by a client
  kLoad,     // give the actor to its supervisor
  kUnload,   // take it away: stopped, and not started again
  kOrphan,   // its supervisor is killed and comes back: the process lives on, and is unknown to it
  kChange,   // what surrounds them
  kReboot,   // nothing runs, and every loaded actor is loaded afresh
  // Nothing runs, every supervisor goes on, and each actor's later starts get its last pid.
  kRestartContainer,
};

struct Event {
  SupervisorTime at{};
  Action action = Action::kStart;
  std::size_t actor = 0;  // of the actions before kChange
  PidChoice pid = {};     // of kStart and kLoad
  int held_at = 0;        // of kStart
  bool unreaped = false;  // of kKill: its parent never asks for it
  int signal = 0;         // of kSignal
  Change change = {};     // of kChange
};

// From `begins` on the second of two actors takes the first one's place.
struct RollOutPlan {
  RollOutRules rules;
  SupervisorTime begins{};
  std::size_t old_copy = 0;
  std::size_t new_copy = 1;
};

struct SimulationPlan {
  std::vector<Actor> actors;
  std::vector<Event> events;
  std::optional<RollOutPlan> roll_out = {};
  SupervisorTime duration{};
  bool real_time = false;  // no jumps
  // Asked before each step: what comes later would tell nothing new.
  std::function<bool()> is_decided = [] { return false; };
  // Told now and then, so that an interrupt does not lose all.
  std::function<void(const SimulationLog& so_far)> on_news = {};
};

// Real time, all of it.
struct SimulationLimits {
  std::chrono::nanoseconds timed_wait = std::chrono::seconds(2);  // then it counts as waiting
  std::chrono::nanoseconds busy = std::chrono::seconds(30);       // then too
  std::chrono::nanoseconds whole = std::chrono::minutes(2);       // of a simulation with jumps
};

SimulationLog Simulate(const SimulationPlan& plan, Jobs& jobs, const SimulationLimits& limits = {});

// The plan of `supervise`: one job, loaded at once.
SimulationPlan SuperviseAlone(std::shared_ptr<const Policy> policy, SupervisorTime duration);

// An old copy, which serves for a minute, and a new one that is rolled out then.
SimulationPlan SuperviseRollOut(const RollOutRules& rules, std::shared_ptr<const Policy> policy,
                                SupervisorTime duration);

}  // namespace pidfall
