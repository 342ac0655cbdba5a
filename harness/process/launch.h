// Starts one program.
//
//   Child child = Launch({.command = {"/usr/bin/env"}, .environment = {"A=1"}, .folder = "/"});
//   std::optional<Ending> ending = WaitForEnd(child, std::chrono::seconds(2));
//
// Boost.Process starts ordinary targets, by vfork: a fork of the harness takes longer than many
// starts. It cannot choose a pid, another user or a namespace: clone.h does that, where possible
// without a fork, too.
// The caller has one thread: `before_exec` may use any library call.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/process/fd.h"

namespace pidfall {

using Duration = std::chrono::nanoseconds;

struct LaunchOptions {
  std::vector<std::string> command;      // command[0] is looked up in PATH unless it has a slash
  std::vector<std::string> environment;  // "NAME=value", the whole environment
  std::string folder = "/";              // the working directory
  int output = -1;                       // becomes descriptors 1 and 2; -1: /dev/null
  pid_t pid = 0;                         // that it must get; 0: any
  uint64_t namespaces = 0;  // CLONE_NEW... flags: new namespaces, of which it is the first
  std::function<void()> before_exec;  // last in the child; if it throws, the launch fails
  bool own_memory = false;            // before_exec changes the user or enters a time namespace
};

// How a process ended: `status` when it exited, `signal` when one ended it.
struct Ending {
  int status = 0;
  int signal = 0;
  std::string Describe() const;  // "status 1", "signal 9 (Killed)"
  // By a signal that a process brings upon itself: abort(), a wild pointer, a trap.
  bool IsCrash() const;
  bool operator==(const Ending&) const = default;
};

// A child of ours. The pid is ours until it is reaped, so a signal cannot hit another process.
struct Child {
  pid_t pid = 0;
  UniqueFd pidfd;
};

// Throws std::system_error, which names the program, when it cannot be executed.
Child Launch(const LaunchOptions& options);

// The path that execve gets; throws std::system_error (ENOENT) naming the command.
std::string FindProgram(const std::string& name);

// False when `bound` is over first. Does not reap: call Reap for that.
bool WaitForEnd(const Child& child, Duration bound);
// The child must have ended. Gives its pid back to the kernel.
Ending Reap(const Child& child);
void SendSignal(const Child& child, int signal);

}  // namespace pidfall
