// Starts one program.
//
//   Child child = Launch({.command = {"/usr/bin/env"}, .environment = {"A=1"}, .folder = "/"});
//   std::optional<Ending> ending = WaitForEnd(child, std::chrono::seconds(2));
//
// Boost.Process starts ordinary targets, by vfork: a fork of the harness takes longer than many a
// start. What it cannot do, a chosen pid, another user or a namespace, goes through our own clone3
// (clone.h). The caller has one thread: `before_exec` may use any library call.
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
  pid_t pid = 0;                         // the number it must get; 0: any
  uint64_t namespaces = 0;               // CLONE_NEW... flags: those that it is the first one in
  std::function<void()> before_exec;     // in the child, last; a system_error of it ends the launch
  bool own_memory = false;  // before_exec becomes somebody else or enters a time namespace
};

// How a process ended: `status` when it exited, `signal` when one ended it.
struct Ending {
  int status = 0;
  int signal = 0;
  std::string Describe() const;  // "status 1", "signal 9 (Killed)"
  bool operator==(const Ending&) const = default;
};

// A child of ours. The pid is ours until it is reaped, so a signal can hit nobody else.
struct Child {
  pid_t pid = 0;
  UniqueFd pidfd;
};

// Throws std::system_error when the program cannot be executed, naming it.
Child Launch(const LaunchOptions& options);

// The path that execve gets; throws std::system_error (ENOENT) naming the command.
std::string FindProgram(const std::string& name);

// Empty when `bound` is over first. Does not reap: call Reap for that.
bool WaitForEnd(const Child& child, Duration bound);
// The child must have ended. Gives its number back to the kernel.
Ending Reap(const Child& child);
void SendSignal(const Child& child, int signal);

}  // namespace pidfall
