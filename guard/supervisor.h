// Who started this process: a supervisor, or a person.
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
  kAlsoParent,   // runit and s6 tell by nothing but the parent's name
};

Supervisor DetectSupervisor(pid_t self, Look look);

// The command that really ends a process which the supervisor would start again; empty where none
// is known.
std::string StopCommand(const Supervisor& supervisor, uid_t uid);

// For people: that command, or else that the supervisor has to end it.
std::string HowToEnd(const Supervisor& supervisor, uid_t uid);

}  // namespace pidfall::guard
