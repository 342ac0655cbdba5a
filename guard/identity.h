// Which process a pid means: the one that wrote it down, or a later one with the same pid.
//
//   Identity self = IdentifySelf();                     // into the record
//   Descriptor process = OpenVerified(record);          // invalid unless it is the very same one
//   SendSignal(process, record.pid, SIGTERM);                       // so this can hit nobody else
//
// Used to describe an owner and to signal it, never to take a lock away: a checkpoint restore
// changes a start time, a dead leader looks like a zombie and a container's pid 1 is always alive.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "guard/descriptor.h"
#include "guard/record.h"

namespace pidfall::guard {

struct Identity {
  pid_t pid = 0;
  std::string boot;
  std::string token;
  uint64_t pid_namespace = 0;
  Descriptor process;  // kept open: saves a call
};

Identity IdentifySelf();

// The id of the current boot; empty where it cannot be read.
const std::string& BootId();
uint64_t PidNamespace();

// A handle on the process with this pid, invalid with errno set if there is none. A thread's
// id gives none. A handle never follows the pid to another process.
Descriptor OpenProcess(pid_t pid);

// True until the process has ended. A zombie has ended; a dead leader with live threads has not.
bool Alive(const Descriptor& process);

// Blocks until it has ended. False: the time is over, or a signal handler ran (EINTR).
bool WaitUntilEnded(const Descriptor& process,
                    std::optional<std::chrono::steady_clock::time_point> deadline);

// A handle on the process that wrote the record; invalid when it has ended or cannot be found out.
Descriptor OpenVerified(const Record& record);

// Signals the process that the handle names; false with errno set. Only macOS needs `pid`: a
// signal without a race needs a pidfd.
bool SendSignal(const Descriptor& process, pid_t pid, int signal);

// When the process was started, on the wall clock; nothing where that cannot be found out.
std::optional<std::chrono::system_clock::time_point> StartedAt(pid_t pid);

}  // namespace pidfall::guard
