// One actor of a simulation as it runs: its supervisor's memory, its process and its log.
//
//   ActorRun agent(plan.actors[0], 0, jobs);
//   agent.Load(now);
//   if (agent.due() <= now) agent.FireDue(now);
//   agent.Observe(sighting, now);
#pragma once

#include <optional>
#include <vector>

#include "harness/simulation/jobs.h"
#include "harness/simulation/simulation.h"

namespace pidfall {

// `now` is the supervisor's time everywhere; only the settling bounds count real time.
class ActorRun {
 public:
  ActorRun(const Actor& actor, std::size_t index, Jobs& jobs);

  // The actions of the timeline. Each is nothing where it does not apply.
  void Load(SupervisorTime now);
  void Unload(SupervisorTime now);
  void Start(SupervisorTime now);
  void Stop(SupervisorTime now);
  void Kill();
  void Send(int signal);
  void NoteKilled();                // with all others, from outside
  void Orphan(SupervisorTime now);  // its process lives on; the new supervisor does not know it
  void Reboot(SupervisorTime now);  // its process is killed; its supervisor remembers nothing
  // Each later start gets its last pid, as in a container that is started again.
  void KeepPid() { keeps_pid_ = true; }
  // Its pid, and where it is held.
  void UseForNextStart(const JobStart& wanted) { next_start_ = wanted; }

  // The moment of its next start or SIGKILL by the supervisor.
  std::optional<SupervisorTime> due() const;
  void FireDue(SupervisorTime now);

  // True when it has stopped serving: others may move now.
  bool Observe(const JobSighting& sighting, SupervisorTime now);

  // Real time passes for it, up to a bound from its last activity.
  bool settled() const;
  void NoteActivity();
  std::chrono::nanoseconds Patience(const SimulationLimits& limits);
  // With its patience gone, it counts as waiting. True the first time.
  bool GiveUpOn(const SimulationLimits& limits, SupervisorTime now);

  bool loaded() const { return loaded_; }
  Phase phase() const { return phase_; }
  int last_pid() const { return log_.starts.empty() ? 0 : log_.starts.back().pid; }

  ActorLog LogUntil(SupervisorTime now) const;
  const std::string& name() const { return log_.name; }

 private:
  void StartNow(SupervisorTime now);
  void End(const JobSighting& sighting, SupervisorTime now);
  void Decide(const Decision& decision, SupervisorTime now);
  void Enter(Phase phase, SupervisorTime now);

  const Actor& actor_;
  std::size_t index_;
  Jobs& jobs_;
  ActorLog log_;

  // The supervisor's memory.
  SupervisorTime loaded_at_{};
  bool loaded_ = false;
  bool load_again_ = false;  // loaded while the unloaded process still ends
  std::vector<EndedRun> history_;
  std::optional<SupervisorTime> start_at_;
  std::optional<SupervisorTime> kill_at_;
  std::string adopted_;  // the pid file of a process that is no child of its supervisor
  JobStart next_start_;
  bool keeps_pid_ = false;

  // The process.
  bool running_ = false;
  JobState state_ = JobState::kEnded;
  SupervisorTime started_{};
  bool served_ = false;
  bool stopped_ = false;   // by its supervisor
  bool provoked_ = false;  // by anybody
  std::chrono::nanoseconds active_at_{};
  bool given_up_on_ = false;

  Phase phase_ = Phase::kDown;
  SupervisorTime phase_from_{};
};

}  // namespace pidfall
