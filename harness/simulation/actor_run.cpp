#include "harness/simulation/actor_run.h"

#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace pidfall {
namespace {

JobStart StartedBy(const Policy* policy, const JobStart& wanted) {
  if (policy == nullptr) return wanted;
  std::map<std::string, std::string> environment = policy->job().environment;
  environment.insert(policy->job().marks.begin(), policy->job().marks.end());
  return {.pid = wanted.pid,
          .held_at = wanted.held_at,
          .supervised = true,
          .environment = std::move(environment),
          .working_directory = policy->job().working_directory,
          .end_group_with_it = policy->EndsProcessGroup()};
}

}  // namespace

ActorRun::ActorRun(const Actor& actor, std::size_t index, Jobs& jobs)
    : actor_(actor), index_(index), jobs_(jobs) {
  log_.name = actor.name;
  log_.supervised = actor.policy != nullptr;
}

void ActorRun::Load(SupervisorTime now) {
  if (!actor_.policy) throw std::invalid_argument(actor_.name + " has no policy to load");
  if (running_) {
    load_again_ = !loaded_;
    return;
  }
  loaded_ = true;
  load_again_ = false;
  loaded_at_ = now;
  history_.clear();
  Decide(actor_.policy->Next(history_), now);
}

void ActorRun::Unload(SupervisorTime now) {
  start_at_.reset();
  load_again_ = false;
  Stop(now);
  loaded_ = false;
  if (!running_) Enter(Phase::kDown, now);
}

void ActorRun::Start(SupervisorTime now) {
  if (running_) return;
  if (!actor_.policy) return StartNow(now);
  if (loaded_) Decide(actor_.policy->Asked(history_, now - loaded_at_), now);
}

void ActorRun::Stop(SupervisorTime now) {
  if (!adopted_.empty()) jobs_.SignalRecorded(std::exchange(adopted_, {}), SIGTERM);
  if (!running_) return;
  provoked_ = true;
  if (actor_.policy) {
    stopped_ = true;
    if (const auto timeout = actor_.policy->ExitTimeout()) kill_at_ = now + *timeout;
  }
  Send(SIGTERM);
}

void ActorRun::Kill() {
  provoked_ = true;
  Send(SIGKILL);
}

void ActorRun::Send(int signal) {
  if (!running_) return;
  jobs_.Signal(index_, signal);
  state_ = JobState::kBusy;
  NoteActivity();
}

void ActorRun::NoteKilled() {
  if (!running_) return;
  provoked_ = true;
  state_ = JobState::kBusy;  // its end is seen at the next look
  NoteActivity();
}

void ActorRun::Orphan(SupervisorTime now) {
  if (!loaded_) return;
  jobs_.Forget(index_);
  running_ = false;
  kill_at_.reset();
  Enter(Phase::kDown, now);
  Load(now);
}

void ActorRun::Reboot(SupervisorTime now) {
  NoteKilled();
  start_at_.reset();
  if (!loaded_ && !load_again_) return;
  loaded_ = false;
  load_again_ = running_;
  if (!running_) Load(now);
}

std::optional<SupervisorTime> ActorRun::due() const {
  if (start_at_ && kill_at_) return std::min(*start_at_, *kill_at_);
  return start_at_ ? start_at_ : kill_at_;
}

void ActorRun::FireDue(SupervisorTime now) {
  if (kill_at_ && *kill_at_ <= now) {
    kill_at_.reset();
    Kill();
  }
  if (start_at_ && *start_at_ <= now) StartNow(now);
}

void ActorRun::StartNow(SupervisorTime now) {
  start_at_.reset();
  if (keeps_pid_ && next_start_.pid == 0) next_start_.pid = last_pid();
  const JobStarted started = jobs_.Start(index_, StartedBy(actor_.policy.get(), next_start_));
  next_start_ = {};
  log_.starts.push_back({now, started.pid, started.beside_an_owner});
  running_ = true;
  state_ = JobState::kBusy;
  started_ = now;
  served_ = stopped_ = provoked_ = false;
  Enter(Phase::kStarting, now);
  NoteActivity();
}

bool ActorRun::Observe(const JobSighting& sighting, SupervisorTime now) {
  if (!running_) return false;
  const bool served_before = phase_ == Phase::kServes;
  state_ = sighting.state;
  if (state_ == JobState::kEnded) End(sighting, now);
  if (state_ == JobState::kServes || sighting.still_serves) {
    served_ = true;
    Enter(Phase::kServes, now);
  } else if (served_before && running_) {
    Enter(Phase::kDown, now);  // on its way out: somebody else may serve before it has ended
  }
  if (state_ == JobState::kWaits) Enter(Phase::kWaits, now);
  return served_before && phase_ != Phase::kServes;
}

void ActorRun::End(const JobSighting& sighting, SupervisorTime now) {
  log_.exits.push_back({.at = now,
                        .pid = log_.starts.back().pid,
                        .status = sighting.status,
                        .signal = sighting.signal,
                        .served = served_,
                        .provoked = provoked_});
  running_ = false;
  kill_at_.reset();
  Enter(Phase::kDown, now);
  if (load_again_) return Load(now);
  if (!loaded_) return;
  const std::string& file = actor_.policy->job().pid_file;
  history_.push_back({.started = started_ - loaded_at_,
                      .ended = now - loaded_at_,
                      .status = sighting.status,
                      .signal = sighting.signal,
                      .stopped = stopped_,
                      .served = served_,
                      .has_successor = file.empty() || jobs_.HasSuccessor(index_, file)});
  Decide(actor_.policy->Next(history_), now);
}

void ActorRun::Decide(const Decision& decision, SupervisorTime now) {
  start_at_.reset();
  log_.rest.clear();
  adopted_ = decision.adopts;
  if (!decision.removes.empty()) jobs_.RemovePidFile(decision.removes);
  if (decision.start_at) {
    start_at_ = loaded_at_ + *decision.start_at;
    Enter(Phase::kThrottled, now);
    return;
  }
  log_.rest = decision.why;
  if (decision.gave_up) log_.gave_up = decision.why;
  Enter(Phase::kDown, now);
}

bool ActorRun::settled() const {
  return !running_ || given_up_on_ || state_ == JobState::kServes || state_ == JobState::kWaits;
}

void ActorRun::NoteActivity() {
  active_at_ = jobs_.Now();
  given_up_on_ = false;
}

std::chrono::nanoseconds ActorRun::Patience(const SimulationLimits& limits) {
  const auto bound = state_ == JobState::kTimedWait ? limits.timed_wait : limits.busy;
  return std::max(active_at_ + bound - jobs_.Now(), std::chrono::nanoseconds(0));
}

bool ActorRun::GiveUpOn(const SimulationLimits& limits, SupervisorTime now) {
  if (settled() || Patience(limits) > std::chrono::nanoseconds(0)) return false;
  given_up_on_ = true;
  if (phase_ == Phase::kStarting) Enter(Phase::kWaits, now);
  return true;
}

// A phase of no length (a restart at once) leaves no span.
void ActorRun::Enter(Phase phase, SupervisorTime now) {
  if (phase == phase_) return;
  if (now > phase_from_) log_.spans.push_back({phase_, phase_from_, now});
  phase_ = phase;
  phase_from_ = now;
}

ActorLog ActorRun::LogUntil(SupervisorTime now) const {
  ActorLog log = log_;
  if (now > phase_from_) log.spans.push_back({phase_, phase_from_, now});
  return log;
}

}  // namespace pidfall
