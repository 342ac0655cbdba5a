#include "harness/faults/guard_locks.h"

#include <algorithm>
#include <filesystem>

#include "harness/faults/call_stepper.h"
#include "harness/faults/guard_calls.h"
#include "harness/kernel/files.h"
#include "harness/stage/serving.h"

namespace pidfall {

namespace {

std::string GuardLockOf(const Stage& stage, const Instance& owner) {
  for (const pid_t pid : owner.Processes()) {
    for (const HeldLock& lock : HeldLocks(pid)) {
      if (lock.path.starts_with(stage.pid_file())) return lock.kind + " lock on " + lock.path;
    }
  }
  return "";
}

bool OthersEnd(Stage& stage, const Instance& owner) {
  constexpr Duration kBound = std::chrono::seconds(2);
  const auto is_over = [&](const Instance& other) { return &other == &owner || other.ended(); };
  return stage.WaitUntil([&] { return std::ranges::all_of(stage.instances(), is_over); }, kBound);
}

}  // namespace

Breach DueToItsLock(Stage& stage, const Instance& owner, const Breach& breach) {
  const std::string lock = GuardLockOf(stage, owner);
  if (lock.empty() || !IsOfKind(breach.kinds, breach_kind::kTwoServe)) return breach;
  if (OthersEnd(stage, owner)) {
    return breach.DueTo("it serves before it asks for the " + lock + ", which then refuses it");
  }
  return breach.DueTo("the " + lock + " that " + owner.name() + " holds keeps nobody out",
                      breach_kind::kLostLock);
}

std::string LockThatEndedWithItsTaker(Stage& stage) {
  Instance& instance = stage.Start({.held = true});
  const std::string file = std::filesystem::path(stage.pid_file()).filename();
  GuardCalls calls(stage, instance);
  pid_t taker = 0;
  const auto note_taker = [&](const Call& call) {
    const auto seen = calls.See(call);
    const bool takes = seen && seen->returned && !seen->failed && seen->kind == GuardCall::kLock;
    if (takes && seen->object == file) taker = call.thread;
    return false;
  };
  const auto serves = [&] {
    stage.Update();
    return Serves(stage, instance);
  };
  CallStepper stepper = CallStepper::ForHeld(instance.pid());
  stepper.RunUntil(note_taker, serves, stage.target().start_timeout);
  stepper.Release();
  const auto has_ended = [&] { return !std::ranges::count(instance.Processes(), taker); };
  return taker != 0 && stage.WaitUntil(has_ended, Stage::kSettleBound) ? file : "";
}

}  // namespace pidfall
