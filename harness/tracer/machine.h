// The differences between x86-64 and arm64: how a call is made, and how one of a traced process is
// changed.
//
//   SkipCall(thread);             // at its entry: the kernel does nothing
//   ...                           // at its exit:
//   SetResult(thread, -ENOSPC);   // the result for the program
#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include <array>
#include <cstdint>

#include "harness/kernel/raw_call.h"

namespace pidfall {

// Makes a system call and touches nothing else, not even errno. A failure is the negative errno.
int64_t MakeCall(long number, const std::array<uint64_t, 6>& arguments);

// The thread must be stopped at the entry of a call.
void SkipCall(pid_t thread);
void SetArgument(pid_t thread, int index, uint64_t value);

// The thread must be stopped at the exit of a call. A failure is the negative errno.
void SetResult(pid_t thread, int64_t value);

// Of a thread that is stopped at the entry of a call.
using Registers = user_regs_struct;
Registers RegistersOf(pid_t thread);
// The stopped thread makes this call next. `before`: of it, or of the process that it is a copy of.
void SetNextCall(pid_t thread, const Registers& before, const RawCall& call);
// clone(2) with these flags, of which CLONE_CHILD_SETTID means `thread_id_at`.
RawCall CloneCall(uint64_t flags, uint64_t thread_id_at);

}  // namespace pidfall
