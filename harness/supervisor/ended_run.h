// Questions that every policy asks about a run that has ended.
//
//   HowItEnded(run)   // "status 1", "signal 9"
#pragma once

#include <string>

#include "harness/supervisor/policy.h"

namespace pidfall {

inline bool IsSuccess(const EndedRun& run) { return run.signal == 0 && run.status == 0; }

inline SupervisorTime RunTime(const EndedRun& run) { return run.ended - run.started; }

inline std::string HowItEnded(const EndedRun& run) {
  return run.signal != 0 ? "signal " + std::to_string(run.signal)
                         : "status " + std::to_string(run.status);
}

}  // namespace pidfall
