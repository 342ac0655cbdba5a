#include "guard/guard_c.h"

#include <new>

#include "guard/guard.h"

namespace {
using pidfall::guard::Acquire;
using pidfall::guard::Instance;
using pidfall::guard::OnDuplicate;
using pidfall::guard::Options;
using pidfall::guard::ReadyWhen;
}  // namespace

struct pidfall_instance {
  Instance instance;
};

static_assert(static_cast<int>(OnDuplicate::kExit) == PIDFALL_EXIT);
static_assert(static_cast<int>(OnDuplicate::kWait) == PIDFALL_WAIT);
static_assert(static_cast<int>(OnDuplicate::kTakeOver) == PIDFALL_TAKE_OVER);
static_assert(static_cast<int>(OnDuplicate::kAuto) == PIDFALL_AUTO);
static_assert(static_cast<int>(ReadyWhen::kUntold) == PIDFALL_READY_UNTOLD);
static_assert(static_cast<int>(ReadyWhen::kServing) == PIDFALL_READY_SERVING);
static_assert(static_cast<int>(ReadyWhen::kOwner) == PIDFALL_READY_OWNER);
static_assert(static_cast<int>(ReadyWhen::kStandingBy) == PIDFALL_READY_STANDING_BY);

pidfall_instance* pidfall_acquire_with(const pidfall_options* given) {
  try {
    Options options;
    options.name = given->name;
    options.pid_file = given->pid_file;
    options.on_duplicate = static_cast<OnDuplicate>(given->on_duplicate);
    options.ready_when = static_cast<ReadyWhen>(given->ready_when);
    if (given->ready_file != nullptr) options.ready_file = given->ready_file;
    return new pidfall_instance{Acquire(std::move(options))};
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

pidfall_instance* pidfall_acquire(const char* name, const char* pid_file) {
  const pidfall_options options = {name, pid_file, PIDFALL_EXIT, PIDFALL_READY_UNTOLD, nullptr};
  return pidfall_acquire_with(&options);
}

int pidfall_acquired(const pidfall_instance* instance) {
  return instance != nullptr && instance->instance ? 1 : 0;
}

int pidfall_ready(pidfall_instance* instance) {
  return instance != nullptr && instance->instance.Ready() ? 1 : 0;
}

pid_t pidfall_owner(const pidfall_instance* instance) {
  return instance == nullptr ? 0 : instance->instance.owner().pid;
}

const char* pidfall_reason(const pidfall_instance* instance) {
  return instance == nullptr ? "out of memory" : instance->instance.reason().c_str();
}

int pidfall_explain(const pidfall_instance* instance, int duplicate_status) {
  if (instance == nullptr) return pidfall::guard::kStatusTrouble;
  return Explain(instance->instance, duplicate_status);
}

void pidfall_release(pidfall_instance* instance) { delete instance; }
