// When a copy counts as ready, and where it says so: service manager, ready file, record.
#include <unistd.h>

#include <cerrno>
#include <string>

#include "guard/instance_state.h"
#include "guard/notify.h"
#include "guard/refused.h"

namespace pidfall::guard {

RunState Instance::State::StateAsOwner() const {
  switch (options.ready_when) {
    case ReadyWhen::kUntold:
      return RunState::kAlive;
    case ReadyWhen::kServing:
      return RunState::kStarting;
    default:
      return RunState::kReady;
  }
}

void Instance::State::PutReadyFile(bool ready) {
  if (options.ready_file.empty()) return;
  if (!ready) return RemoveStaleReadyFile(options.ready_file);
  if (ready_file.Publish(options.ready_file, options.children)) return;
  throw Refused(Outcome::kTrouble, "cannot write " + options.ready_file.string(), errno, "");
}

void Instance::State::TellStandingBy(const Owner& owner) {
  const bool ready = options.ready_when == ReadyWhen::kStandingBy;
  PutReadyFile(ready);
  const std::string status = "STATUS=Standing by for PID " + std::to_string(owner.pid);
  Notify(ready ? "READY=1\n" + status : status);
}

void Instance::State::TellOwner() {
  if (record.state == RunState::kReady) {
    Notify("READY=1\nSTATUS=Owner");
  } else {
    Notify(record.state == RunState::kStarting ? "STATUS=Owner, starting" : "STATUS=Owner");
  }
}

bool Instance::Ready() {
  if (state_->outcome != Outcome::kAcquired || state_->self.pid != getpid()) return false;
  const auto lock = state_->KeepWatcherOut();
  try {
    state_->PutReadyFile(true);
    state_->record.state = RunState::kReady;
    if (!state_->options.one_file) state_->WriteRecord();
    Notify("READY=1\nSTATUS=Owner, ready");
    return true;
  } catch (const Refused& refused) {
    state_->reason = refused.reason;
    return false;
  }
}

}  // namespace pidfall::guard
