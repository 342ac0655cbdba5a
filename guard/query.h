// The state of a guarded program. Asking takes no lock, so a start at the same moment is never
// refused because of it.
//
//   Answered answered = Ask("/run/x.pid");
//   if (answered.state == State::kRunning) ... answered.owner.pid ...
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "guard/descriptor.h"
#include "guard/guard.h"
#include "guard/record.h"

namespace pidfall::guard {

// The values are the LSB's statuses of `status`.
enum class State {
  kRunning = 0,
  kDeadWithFile = 1,
  kNotRunning = 3,
  kUnknown = 4,  // `why` gives the reason
};

struct Answered {
  State state = State::kUnknown;
  Owner owner;
  Descriptor process;  // valid if and only if owner.verified
  std::string why;
  RunState run_state = RunState::kAlive;  // of a running owner: whether it is ready
};

Answered Ask(const std::filesystem::path& pid_file);

struct Stopped {
  bool stopped = false;
  std::string words;
};

// SIGTERM through a verified handle, then waits for the end; no other process is ever signalled.
// With `force`, SIGKILL after `patience`.
Stopped Stop(const std::filesystem::path& pid_file, std::chrono::milliseconds patience, bool force);

}  // namespace pidfall::guard
