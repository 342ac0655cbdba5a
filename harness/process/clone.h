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

// The next process or thread in here gets the number after this one, unless another comes first.
void SetLastPid(pid_t pid);
// Opens what that needs in `proc`, before it is made read-only there.
void KeepLastPid(const std::string& proc);

// Executes as described, in a process made by Clone with options.pid.
Child LaunchByClone(const LaunchOptions& options);

}  // namespace pidfall
