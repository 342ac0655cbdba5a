#include "harness/faults/guard_locks.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string_view>

#include "harness/faults/call_stepper.h"
#include "harness/faults/closed_locks.h"
#include "harness/faults/guard_calls.h"
#include "harness/faults/useless_locks.h"
#include "harness/kernel/files.h"
#include "harness/stage/serving.h"

namespace pidfall {

namespace {

std::string GuardLockOf(const Stage& stage, const Instance& owner) {
  for (const pid_t pid : owner.Processes()) {
    for (const HeldLock& lock : HeldLocks(pid)) {
      if (IsGuardFile(stage, lock.path)) return lock.kind + " lock on " + lock.path;
    }
  }
  return "";
}

// A start that serves first and then asks for the lock is refused a moment later.
bool OthersEnd(Stage& stage, const Instance& owner) {
  constexpr Duration kBound = std::chrono::seconds(2);
  const auto is_over = [&](const Instance& other) { return &other == &owner || other.ended(); };
  return stage.WaitUntil([&] { return std::ranges::all_of(stage.instances(), is_over); }, kBound);
}

// The kernel's mark of a name that was removed.
constexpr std::string_view kDeleted = " (deleted)";

bool HoldsOneToo(const Stage& stage, const Instance& owner) {
  return std::ranges::any_of(stage.instances(), [&](const Instance& other) {
    return &other != &owner && !GuardLockOf(stage, other).empty();
  });
}

}  // namespace

Breach DueToItsLock(Stage& stage, const Instance& owner, const Breach& breach) {
  if (!IsOfKind(breach.kinds, breach_kind::kTwoServe)) return breach;
  if (const std::string useless = UselessLockOf(stage, owner); !useless.empty()) {
    return breach.DueTo(useless, breach_kind::kLostLock);
  }
  std::string lock = GuardLockOf(stage, owner);
  if (lock.empty()) return breach;
  if (lock.ends_with(kDeleted)) {
    lock.resize(lock.size() - kDeleted.size());
    return breach.DueTo("the file of the " + lock + " that " + owner.name() + " holds was removed",
                        breach_kind::kLostLock);
  }
  const std::string its = "the " + lock + " that " + owner.name() + " holds";
  // Each may have locked another part of the file.
  if (HoldsOneToo(stage, owner)) {
    return breach.DueTo(its + " keeps nobody out", breach_kind::kLostLock);
  }
  if (OthersEnd(stage, owner)) {
    return breach.DueTo("it serves before it asks for the " + lock + ", which then refuses it");
  }
  return breach.DueTo("a start serves without " + its, breach_kind::kLostLock);
}

namespace {

// The thread that locks the pid file at last.
class TakerOfPidFile {
 public:
  TakerOfPidFile(const Stage& stage, const Instance& instance)
      : file_(std::filesystem::path(stage.pid_file()).filename()), calls_(stage, instance) {}

  void See(const Call& call) {
    const auto seen = calls_.See(call);
    const bool takes = seen && seen->returned && !seen->failed && seen->kind == GuardCall::kLock;
    if (takes && seen->object == file_) taker_ = call.thread;
  }
  bool HasEnded(const Instance& instance) const {
    return taker_ != 0 && !std::ranges::count(instance.Processes(), taker_);
  }
  bool any() const { return taker_ != 0; }
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  GuardCalls calls_;
  pid_t taker_ = 0;
};

void StepUntilItServes(Stage& stage, const Instance& instance,
                       const std::function<void(const Call&)>& see) {
  const auto serves = [&] {
    stage.Update();
    return Serves(stage, instance);
  };
  const auto look = [&](const Call& call) {
    see(call);
    return false;
  };
  CallStepper stepper = CallStepper::ForHeld(instance.pid());
  stepper.RunUntil(look, serves, stage.target().start_timeout);
  stepper.Release();
}

}  // namespace

LostLock WhyItHoldsNoLock(Stage& stage) {
  Instance& instance = stage.Start({.held = true});
  TakerOfPidFile taker(stage, instance);
  ClosedLocks closed;
  StepUntilItServes(stage, instance, [&](const Call& call) {
    taker.See(call);
    closed.See(call);
  });
  if (const std::string lost = closed.LostBy(instance.Processes()); !lost.empty()) {
    return {"the POSIX lock on " + lost +
                " ended when its process closed another descriptor of that file",
            true};
  }
  const auto has_ended = [&] { return taker.HasEnded(instance); };
  if (!taker.any() || !stage.WaitUntil(has_ended, Stage::kSettleBound)) return {};
  return {"the lock on " + taker.file() +
          " ended with the process that took it, and the owner holds none"};
}

}  // namespace pidfall
