#include "harness/simulation/simulation.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "harness/input/duration.h"
#include "harness/simulation/actor_run.h"
#include "harness/simulation/clock.h"

namespace pidfall {
namespace {

using std::chrono::nanoseconds;

// A log grows with every start.
constexpr nanoseconds kNewsApart = std::chrono::seconds(1);

class Simulation {
 public:
  Simulation(const SimulationPlan& plan, Jobs& jobs, const SimulationLimits& limits)
      : plan_(plan), jobs_(jobs), limits_(limits), clock_(RealNow()), events_(plan.events) {
    for (std::size_t i = 0; i < plan.actors.size(); ++i) {
      actors_.emplace_back(plan.actors[i], i, jobs);
      if (const auto& policy = plan.actors[i].policy) {
        log_.notes.insert(log_.notes.end(), policy->Notes().begin(), policy->Notes().end());
      }
    }
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& one, const Event& other) { return one.at < other.at; });
  }

  SimulationLog Run() {
    while (Now() < plan_.duration && !plan_.is_decided() && !CutShort()) {
      Step();
      TellNews();
    }
    if (plan_.roll_out && !rolled_out_) Note("the roll-out did not end");
    return SoFar();
  }

 private:
  SimulationLog SoFar() {
    SimulationLog log = log_;
    // Processes that ran past the end of the plan did so in real time only.
    log.duration = std::min(Now(), plan_.duration);
    log.real = clock_.RealSinceBegan(jobs_.Now());
    for (const ActorRun& actor : actors_) log.actors.push_back(actor.LogUntil(log.duration));
    return log;
  }

  void TellNews() {
    if (!plan_.on_news || jobs_.Now() - told_at_ < kNewsApart) return;
    told_at_ = jobs_.Now();
    plan_.on_news(SoFar());
  }

  // A busy machine makes no start late: a rate limit would count fewer of them.
  nanoseconds RealNow() {
    return jobs_.Now() - (plan_.real_time ? nanoseconds(0) : jobs_.LeftOut());
  }
  SupervisorTime Now() { return clock_.At(RealNow()); }

  void Step() {
    Look(nanoseconds(0));
    if (FireDue() || RollOn()) {
      has_settled_ = false;
      return;
    }
    GiveUpOnTheSlow();
    const SupervisorTime due = NextDue();
    if (plan_.real_time || !Settled()) {
      has_settled_ = false;
      return Look(std::min(Patience(due), kNewsApart));
    }
    if (std::exchange(has_settled_, !has_settled_)) clock_.JumpTo(due, RealNow());
  }

  void Look(nanoseconds at_most) {
    const std::vector<JobSighting> sightings = jobs_.Look(at_most);
    // One for all actors: a hand-over is not logged as an overlap.
    const SupervisorTime now = Now();
    bool owner_went = false;
    for (std::size_t i = 0; i < actors_.size(); ++i) {
      owner_went |= actors_[i].Observe(sightings.at(i), now);
    }
    if (!owner_went) return;
    // A standby that polls for the owner's end gets its time again.
    for (ActorRun& actor : actors_) actor.NoteActivity();
  }

  // Whatever is due at the same moment happens at once, with no look between.
  bool FireDue() {
    const SupervisorTime now = Now();
    bool fired = false;
    for (; next_event_ < events_.size() && events_[next_event_].at <= now; ++next_event_) {
      Do(events_[next_event_], now);
      fired = true;
    }
    for (ActorRun& actor : actors_) {
      if (actor.due().value_or(SupervisorTime::max()) > now) continue;
      actor.FireDue(now);
      fired = true;
    }
    return fired;
  }

  // One step of the roll-out; false: nothing to do now.
  bool RollOn() {
    if (!plan_.roll_out || rolled_out_ || Now() < plan_.roll_out->begins) return false;
    ActorRun& old_copy = actors_.at(plan_.roll_out->old_copy);
    ActorRun& new_copy = actors_.at(plan_.roll_out->new_copy);
    switch (NextStep(plan_.roll_out->rules,
                     {old_copy.loaded(), new_copy.loaded(), old_copy.phase(), new_copy.phase()})) {
      case RollOutStep::kStartNew:
        new_copy.Load(Now());
        return true;
      case RollOutStep::kStopOld:
        old_copy.Unload(Now());
        return true;
      case RollOutStep::kDone:
        rolled_out_ = true;
        return false;
      case RollOutStep::kWait:
        return false;
    }
    return false;
  }

  int NumberOf(const PidChoice& pid) const {
    return pid.of ? actors_.at(*pid.of).last_pid() : pid.number;
  }

  void Reboot(SupervisorTime now) {
    jobs_.EndAll();
    jobs_.Make({.kind = Change::Kind::kNewBoot});
    for (ActorRun& actor : actors_) actor.Reboot(now);
  }

  void RestartContainer() {
    jobs_.EndAll();
    for (ActorRun& actor : actors_) {
      actor.NoteKilled();
      actor.KeepPid();
    }
  }

  void Do(const Event& event, SupervisorTime now) {
    if (event.pid.of || event.pid.number != 0 || event.held_at != 0) {
      actors_.at(event.actor)
          .UseForNextStart({.pid = NumberOf(event.pid), .held_at = event.held_at});
    }
    switch (event.action) {
      case Action::kStart:
        return actors_.at(event.actor).Start(now);
      case Action::kStop:
        return actors_.at(event.actor).Stop(now);
      case Action::kKill:
        if (event.unreaped) jobs_.KeepUnreaped(event.actor);
        return actors_.at(event.actor).Kill();
      case Action::kHang:
        return actors_.at(event.actor).Send(SIGSTOP);
      case Action::kWake:
        return actors_.at(event.actor).Send(SIGCONT);
      case Action::kLoad:
        return actors_.at(event.actor).Load(now);
      case Action::kUnload:
        return actors_.at(event.actor).Unload(now);
      case Action::kSignal:
        return actors_.at(event.actor).Send(event.signal);
      case Action::kRelease:
        actors_.at(event.actor).NoteActivity();
        return jobs_.Release(event.actor);
      case Action::kVisit:
        return jobs_.Visit(event.actor);
      case Action::kOrphan:
        return actors_.at(event.actor).Orphan(now);
      case Action::kChange:
        return jobs_.Make(event.change);
      case Action::kReboot:
        return Reboot(now);
      case Action::kRestartContainer:
        return RestartContainer();
    }
  }

  SupervisorTime NextDue() {
    SupervisorTime due = plan_.duration;
    if (next_event_ < events_.size()) due = std::min(due, events_[next_event_].at);
    if (plan_.roll_out && plan_.roll_out->begins > Now()) {
      due = std::min(due, plan_.roll_out->begins);
    }
    for (const ActorRun& actor : actors_) due = std::min(due, actor.due().value_or(due));
    return due;
  }

  bool Settled() const {
    return std::all_of(actors_.begin(), actors_.end(),
                       [](const ActorRun& actor) { return actor.settled(); });
  }

  void GiveUpOnTheSlow() {
    if (plan_.real_time) return;
    for (ActorRun& actor : actors_) {
      if (!actor.GiveUpOn(limits_, Now())) continue;
      Note(actor.name() +
           " was counted as waiting: it neither ended, served nor waited without a "
           "timeout in the time it was given");
    }
  }

  void Note(const std::string& note) {
    if (std::find(log_.notes.begin(), log_.notes.end(), note) == log_.notes.end()) {
      log_.notes.push_back(note);
    }
  }

  // How long nothing needs to be decided.
  nanoseconds Patience(SupervisorTime due) {
    nanoseconds patience = std::max(due - Now(), nanoseconds(0));
    if (plan_.real_time) return patience;
    for (ActorRun& actor : actors_) {
      if (!actor.settled()) patience = std::min(patience, actor.Patience(limits_));
    }
    return patience;
  }

  bool CutShort() {
    if (plan_.real_time || clock_.RealSinceBegan(RealNow()) < limits_.whole) return false;
    log_.cut_short = fmt::format("ended after {} of real time, {} of {} simulated",
                                 FormatDuration(limits_.whole), FormatDuration(Now()),
                                 FormatDuration(plan_.duration));
    return true;
  }

  const SimulationPlan& plan_;
  Jobs& jobs_;
  SimulationLimits limits_;
  VirtualClock clock_;
  std::vector<Event> events_;
  std::size_t next_event_ = 0;
  std::vector<ActorRun> actors_;
  // At the last look. One look sees actors one by one: a start may end the owner after that has
  // been seen and before the start itself is. So it takes two looks to jump.
  bool has_settled_ = false;
  bool rolled_out_ = false;
  nanoseconds told_at_ = jobs_.Now();
  SimulationLog log_;
};

}  // namespace

SimulationLog Simulate(const SimulationPlan& plan, Jobs& jobs, const SimulationLimits& limits) {
  return Simulation(plan, jobs, limits).Run();
}

SimulationPlan SuperviseAlone(std::shared_ptr<const Policy> policy, SupervisorTime duration) {
  return {.actors = {{"job", std::move(policy)}},
          .events = {{.action = Action::kLoad, .actor = 0}},
          .duration = duration};
}

SimulationPlan SuperviseRollOut(const RollOutRules& rules, std::shared_ptr<const Policy> policy,
                                SupervisorTime duration) {
  return {.actors = {{"old", policy}, {"new", policy}},
          .events = {{.action = Action::kLoad, .actor = 0}},
          .roll_out = RollOutPlan{.rules = rules, .begins = std::chrono::minutes(1)},
          .duration = duration};
}

}  // namespace pidfall
