// Whether a supervisor or a person started this process.
//
//   if (DetectSupervisor(getpid(), Look::kAlsoParent).Present()) ... wait instead of ending ...
#pragma once

#include <sys/types.h>

#include <string>

namespace pidfall::guard {

struct Supervisor {
  std::string kind;  // launchd, systemd, container, supervisord, runit, s6; empty: none
  std::string unit;  // what it calls us: a label, a unit, a program
  bool Present() const { return !kind.empty(); }
};

enum class Look {
  kEnvironment,  // no system call
  kAlsoParent,   // runit and s6 show only in the parent's name
};

Supervisor DetectSupervisor(pid_t self, Look look);

// The command that ends a process for good, although the supervisor would restart it; empty where
// none is known.
std::string StopCommand(const Supervisor& supervisor, uid_t uid);

// For people: that command, or the advice to end it through the supervisor.
std::string HowToEnd(const Supervisor& supervisor, uid_t uid);

}  // namespace pidfall::guard
