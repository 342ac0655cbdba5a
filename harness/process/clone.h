// The one file that calls clone: namespaces and chosen pids, which no library offers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/process/launch.h"

namespace pidfall {

struct CloneOptions {
  uint64_t namespaces = 0;  // CLONE_NEW... flags
  pid_t pid = 0;  // that it must get: by set_tid, else by ns_last_pid (PIDFALL_NO_SET_TID)
};

// A copy of this process that runs `body` and ends with the status that `body` returns.
Child Clone(const CloneOptions& options, const std::function<int()>& body);

// A process of its own that shares our memory, at a tenth of the cost: nothing is copied. `body`
// may make raw system calls only: whatever libc keeps (errno, the heap's locks) is ours, too.
struct SharingBody {
  void (*run)(void* argument) = nullptr;
  void* argument = nullptr;
  char* stack_end = nullptr;  // one past its stack, aligned to 16
};
Child CloneSharing(pid_t pid, const SharingBody& body);

// ThreadSanitizer replaces vfork by fork: the child's writes to our memory would not arrive.
#ifdef __SANITIZE_THREAD__
inline constexpr bool kHasVfork = false;
#else
inline constexpr bool kHasVfork = true;
#endif

// The next process or thread in this namespace gets the pid after this one.
void SetLastPid(pid_t pid);
// Opens the file for that in `proc`, before it is made read-only there.
void KeepLastPid(const std::string& proc);

// Launch(), with options.pid and options.namespaces.
Child LaunchByClone(const LaunchOptions& options);

}  // namespace pidfall
