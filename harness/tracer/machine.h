// What differs between x86-64 and arm64 in the calls of a traced process: how one is changed.
//
//   SkipCall(thread);             // at its entry: the kernel does nothing
//   ...                           // at its exit:
//   SetResult(thread, -ENOSPC);   // what the program gets
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace pidfall {

// The thread stands at the entry of a call.
void SkipCall(pid_t thread);
void SetArgument(pid_t thread, int index, uint64_t value);

// It stands at the exit. A failure is the negative errno.
void SetResult(pid_t thread, int64_t value);

}  // namespace pidfall
