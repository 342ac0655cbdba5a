// The Stage's windows: moments of a start or a stop at which the target is held.
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>

#include "harness/probe/process.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

// From the first call that has to do with a safeguard to the last: more than any needs.
constexpr int kLockStepCalls = 64;

// A start that slept through so many turns is blocked; one turn may be another thread's mutex.
constexpr int kPatience = 5;

bool ClosesSomething(long call) {
  return call == SYS_close || call == SYS_shutdown || call == SYS_close_range;
}

CallStepper Trace(pid_t pid) {
  try {
    return CallStepper::ForRunning(pid);
  } catch (const std::system_error& error) {
    SkipIfForbidden(error);
    throw;
  }
}

}  // namespace

void Stage::Release(Instance& held) {
  const auto stepper = steppers_.find(&held);
  if (stepper != steppers_.end()) {
    Did("let " + held.name() + " go on");
    stepper->second.Release();
    steppers_.erase(stepper);
    return;
  }
  waitpid(held.pid(), nullptr, WUNTRACED);
  ptrace(PTRACE_DETACH, held.pid(), nullptr, nullptr);
}

void Stage::CollectStepper(const Instance& killed) {
  const auto stepper = steppers_.find(&killed);
  if (stepper == steppers_.end()) return;
  stepper->second.Collect();
  steppers_.erase(stepper);
}

StartOptions Stage::Elsewhere() {
  if (!target_.pid_file || !Mentions(target_.command, "{port}")) return {};
  return {.port = OtherPort()};
}

void Stage::HoldAt(Instance& instance, CallStepper stepper, const CallStepper::Moment& moment,
                   const std::function<bool()>& is_over) {
  if (stepper.RunUntil(moment, is_over, target_.start_timeout)) {
    steppers_.emplace(&instance, std::move(stepper));
  } else {
    stepper.Release();
  }
}

bool Stage::IsDone(Instance& instance) {
  UpdateAll();
  return OutcomeNow(instance).has_value() && instance.Sleeps();
}

void Stage::AtEachMoment(const std::function<bool(int nth)>& at) {
  constexpr int kMostMoments = 16;  // one that logs into the folder has as many as lines
  for (int nth = 1; nth <= kMostMoments; ++nth) {
    if (!at(nth)) return;
  }
  Saw("as many as " + std::to_string(kMostMoments) + " moments: later ones were not tried");
}

Instance& Stage::StartUntil(int nth, FolderEvents events, const StartOptions& asked) {
  StartOptions options = asked;
  options.held = true;
  const FolderWatch folder(folder_, events);
  Instance& instance = Start(options);
  int seen = 0;
  const auto moment = [&](const Call& call) {
    return call.returned && (folder.Take() || call.number == SYS_listen) && ++seen == nth;
  };
  HoldAt(instance, CallStepper::ForHeld(instance.pid()), moment, [&] { return IsDone(instance); });
  if (IsHeld(instance)) Did("hold " + instance.name() + " at moment " + std::to_string(nth));
  return instance;
}

Instance& Stage::StartBeforeSafeguard(const StartOptions& asked) {
  StartOptions options = asked;
  options.held = true;
  Instance& instance = Start(options);
  const auto moment = [&](const Call& call) {
    return !call.returned && (call.number == SYS_bind || NamesPath(call, folder_));
  };
  HoldAt(instance, CallStepper::ForHeld(instance.pid()), moment, [&] { return IsDone(instance); });
  return instance;
}

Stage::Turn Stage::TakeTurn(Instance& instance, int calls) {
  bool listens = false;
  const auto moment = [&](const Call& call) {
    listens = call.returned && call.number == SYS_listen;
    return listens || (call.returned && --calls == 0);
  };
  const bool held = steppers_.at(&instance).RunUntil(
      moment, [&] { return instance.Sleeps(); }, target_.start_timeout);
  if (!held) return Turn::kSleeps;
  return listens ? Turn::kListens : Turn::kTaken;
}

// Those that listen are left held.
void Stage::TakeTurns(std::vector<Instance*> stepping, int calls) {
  std::map<const Instance*, int> slept;
  for (int taken = 0; taken < kLockStepCalls && !stepping.empty(); taken += calls) {
    std::erase_if(stepping, [&](Instance* instance) {
      const Turn turn = TakeTurn(*instance, calls);
      slept[instance] = turn == Turn::kSleeps ? slept[instance] + 1 : 0;
      if (slept[instance] == kPatience) Release(*instance);
      return turn == Turn::kListens || slept[instance] == kPatience;
    });
  }
  for (Instance* instance : stepping) Release(*instance);
}

std::vector<Instance*> Stage::StartInLockStep(const std::vector<StartOptions>& all, int calls) {
  std::vector<Instance*> started, stepping;
  for (const StartOptions& options : all) {
    started.push_back(&StartBeforeSafeguard(options));
    if (IsHeld(*started.back())) stepping.push_back(started.back());
  }
  Did("let each make " + std::to_string(calls) + " system calls in turn");
  TakeTurns(stepping, calls);
  // Whoever has the port is slow to answer: the others have to make up their minds without it.
  for (Instance* instance : started) {
    if (!IsHeld(*instance)) Settle(*instance);
  }
  for (Instance* instance : started) {
    if (IsHeld(*instance)) Release(*instance);
  }
  return started;
}

void Stage::StopUntil(Instance& instance, int nth) {
  const auto main = MainProcess(instance);
  if (!main) throw Broken(instance.name() + " has ended before it was stopped");
  const FolderWatch folder(folder_, FolderEvents::kTouches);
  CallStepper stepper = Trace(*main);
  Signal(instance, SIGTERM);
  bool serves = Serves(instance);
  int seen = 0;
  const auto moment = [&](const Call& call) {
    if (!call.returned) return false;
    const bool closed = serves && ClosesSomething(call.number) && !Serves(instance);
    if (closed) serves = false;
    return (folder.Take() || closed) && ++seen == nth;
  };
  const auto is_over = [&] {
    UpdateAll();
    return instance.ended() && instance.Processes().empty();
  };
  HoldAt(instance, std::move(stepper), moment, is_over);
  if (IsHeld(instance)) {
    Did("hold " + instance.name() + " at moment " + std::to_string(nth) + " of its end");
  }
}

}  // namespace pidfall
