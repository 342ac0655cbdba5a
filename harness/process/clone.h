// The one file that calls clone3: namespaces and chosen pids, which no library offers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/process/launch.h"

namespace pidfall {

struct CloneOptions {
  uint64_t namespaces = 0;  // CLONE_NEW... flags
  pid_t pid = 0;  // the number it must get: set_tid, else ns_last_pid (PIDFALL_NO_SET_TID)
};

// A copy of this process that runs `body` and ends with the status that it returns.
Child Clone(const CloneOptions& options, const std::function<int()>& body);

// Executes as described, in a process made by Clone with options.pid.
Child LaunchByClone(const LaunchOptions& options);

}  // namespace pidfall
