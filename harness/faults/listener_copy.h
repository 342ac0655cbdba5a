// A copy of another process's listening socket, as after a fork: for any target it stands for a
// worker that outlives its master.
//
//   UniqueFd kept = CopyListener(owner.Processes(), stage.port());
//   stage.Kill(owner);   // the port is still taken
#pragma once

#include <sys/types.h>

#include <vector>

#include "harness/process/fd.h"

namespace pidfall {

// Empty when none of `processes` listens on `port`. Throws std::system_error when the kernel
// refuses (pidfd_getfd asks for what ptrace asks for).
UniqueFd CopyListener(const std::vector<pid_t>& processes, int port);

}  // namespace pidfall
