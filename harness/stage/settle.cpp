#include "harness/stage/settle.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "harness/kernel/process.h"
#include "harness/stage/serving.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// Discovery has seen it poll for longer.
constexpr Duration kPollsFor = std::chrono::seconds(1);

void NoteTimes(ProcessSighting& process) {
  for (const auto& [thread, time] : ProcessorTimes(process.pid)) {
    process.ran += time.ran;
    process.postponed += time.waited;
  }
}

void NoteWaiting(ProcessSighting& process) {
  process.switches = ContextSwitches(process.pid);
  process.has_no_timeout = WaitsWithoutTimeout(process.pid);
  process.in_lock = WaitsForLock(process.pid);
  process.writes = WaitsToWrite(process.pid);
  NoteTimes(process);
}

// A standby that polls never comes to rest. The owner may have another port, or is held before it
// has one.
bool StandsByForAnother(const Stage& stage, const Instance& instance) {
  if (!stage.target().standby_polls) return false;
  return std::ranges::any_of(stage.instances(), [&](const Instance& other) {
    return &other != &instance && (other.IsHeld() || Serves(stage, other));
  });
}

void NoteServing(Sighting& sighting, const Stage& stage, const Instance& instance) {
  sighting.listens = Serves(stage, instance);
  if (!sighting.listens) {
    sighting.polls = stage.target().standby_polls;
    sighting.is_kept_out = PortIsTaken(stage, instance) || StandsByForAnother(stage, instance);
  } else if (!sighting.first_ended) {
    sighting.first_listens = FirstListens(stage, instance);
  }
}

// For a process that listens or runs, that is enough: each look costs as much as a start.
void NoteProcesses(Sighting& sighting, const Instance& instance) {
  for (const ProcessInfo& process : instance.Living()) {
    sighting.processes.push_back({.pid = process.pid, .state = process.state});
  }
  const bool has_launcher = sighting.listens && !sighting.first_ended && !sighting.first_listens;
  const bool waits = !sighting.listens && Sleeps(instance);
  const bool may_poll = !waits && sighting.is_kept_out && sighting.polls;
  for (ProcessSighting& process : sighting.processes) {
    if (has_launcher || may_poll) NoteTimes(process);
    if (waits) NoteWaiting(process);
  }
}

Sighting BeginLook(const Instance& instance) {
  return {.began = Clock::now(),
          .age = instance.age(),
          .first_ended = instance.ended(),
          .first_failed = instance.HasFailed()};
}

Sighting EndLook(Sighting sighting, const Instance& instance) {
  NoteProcesses(sighting, instance);
  sighting.over = Clock::now();
  return sighting;
}

std::string SaidAtItsEnd(const Instance& instance) {
  const auto& ending = instance.ending();
  return " ended" + (ending ? " with " + ending->Describe() : "") + ", printed " +
         instance.Printed();
}

std::string Describe(Outcome outcome, const Instance& instance) {
  if (outcome == Outcome::kEnded) return SaidAtItsEnd(instance);
  return outcome == Outcome::kServes ? " serves" : " waits";
}

}  // namespace

Sighting LookAt(const Stage& stage, const Instance& instance) {
  Sighting sighting = BeginLook(instance);
  if (stage.target().listens()) NoteServing(sighting, stage, instance);
  return EndLook(std::move(sighting), instance);
}

Sighting LookAt(const Instance& instance, bool listens, bool first_listens) {
  Sighting sighting = BeginLook(instance);
  sighting.listens = listens;
  sighting.first_listens = first_listens;
  return EndLook(std::move(sighting), instance);
}

Settling SettlingOn(const Stage& stage) {
  const Target& target = stage.target();
  return Settling(target.listens() ? Settling::Port::kExpected : Settling::Port::kNone,
                  target.start_up, target.standby_polls ? kPollsFor : kSettlesFor);
}

const Settling& See(const Stage& stage, const Instance& instance, Settling& settling) {
  settling.See(LookAt(stage, instance));
  return settling;
}

Outcome Settle(Stage& stage, Instance& instance, Duration bound) {
  Settling settling = SettlingOn(stage);
  const auto has_settled = [&] { return See(stage, instance, settling).settled().has_value(); };
  if (!stage.WaitUntil(has_settled, bound)) {
    throw Broken(instance.name() + " neither served, ended nor waited within " +
                 std::to_string(std::chrono::duration_cast<std::chrono::seconds>(bound).count()) +
                 " s");
  }
  const Outcome outcome = settling.settled()->outcome;
  stage.evidence().chronicle().Settled(stage, instance, outcome);
  stage.Saw(instance.name() + Describe(outcome, instance));
  return outcome;
}

Outcome Settle(Stage& stage, Instance& instance) {
  return Settle(stage, instance,
                std::max<Duration>(Stage::kSettleBound, stage.target().start_timeout));
}

bool ServesInTime(Stage& stage, Instance& instance) {
  try {
    return Settle(stage, instance) == Outcome::kServes;
  } catch (const Broken& unsettled) {
    stage.Saw(unsettled.what());
    stage.KillTree(instance);
    return false;
  }
}

bool Sleeps(const Instance& instance) {
  const auto living = instance.Living();
  return std::all_of(living.begin(), living.end(),
                     [](const ProcessInfo& process) { return IsAsleep(process.state); });
}

bool IsAtRest(const Instance& instance) {
  Sighting now;
  for (const ProcessInfo& process : instance.Living()) {
    now.processes.push_back({.pid = process.pid,
                             .state = process.state,
                             .has_no_timeout = WaitsWithoutTimeout(process.pid)});
  }
  return IsAtRest(now);
}

bool AllAtRest(const Stage& stage) {
  return std::ranges::all_of(stage.instances(),
                             [](const Instance& instance) { return IsAtRest(instance); });
}

}  // namespace pidfall
