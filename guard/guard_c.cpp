#include "guard/guard_c.h"

#include <new>

#include "guard/guard.h"

namespace {
using pidfall::guard::Acquire;
using pidfall::guard::Instance;
using pidfall::guard::OnDuplicate;
using pidfall::guard::Options;
}  // namespace

struct pidfall_instance {
  Instance instance;
};

static_assert(static_cast<int>(OnDuplicate::kExit) == PIDFALL_EXIT);
static_assert(static_cast<int>(OnDuplicate::kWait) == PIDFALL_WAIT);
static_assert(static_cast<int>(OnDuplicate::kTakeOver) == PIDFALL_TAKE_OVER);
static_assert(static_cast<int>(OnDuplicate::kAuto) == PIDFALL_AUTO);

pidfall_instance* pidfall_acquire_or(const char* name, const char* pid_file,
                                     pidfall_on_duplicate on_duplicate) {
  try {
    Options options;
    options.name = name;
    options.pid_file = pid_file;
    options.on_duplicate = static_cast<OnDuplicate>(on_duplicate);
    return new pidfall_instance{Acquire(std::move(options))};
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

pidfall_instance* pidfall_acquire(const char* name, const char* pid_file) {
  return pidfall_acquire_or(name, pid_file, PIDFALL_EXIT);
}

int pidfall_acquired(const pidfall_instance* instance) {
  return instance != nullptr && instance->instance ? 1 : 0;
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
