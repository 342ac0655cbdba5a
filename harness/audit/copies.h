// The live processes that are copies of a service, and those that may belong to one.
//
//   for (const Copy& copy : CopiesOf(service, machine)) copy.pid ...
//   IsKin(service, machine, 312)   // process 312 is its own, or may be
//
// A copy is certain: its command line is the service's, or systemd says that it is the service's.
// A server may hide its command line behind a title; then it is only kin.
#pragma once

#include <sys/types.h>

#include <vector>

#include "harness/audit/machine.h"
#include "harness/audit/services.h"

namespace pidfall {

struct Copy {
  pid_t pid = 0;               // the oldest of its processes
  bool is_supervised = false;  // by systemd, which has it in the service's control group
};

// Oldest first. The children of a copy are part of it.
std::vector<Copy> CopiesOf(const AuditedService& service, const Machine& machine);

// Its name, or its words without their folders, are those of the service.
bool MayBe(const AuditedService& service, const LiveProcess& process);

// A copy, a descendant of one, a process above one, or a process that may be one.
bool IsKin(const AuditedService& service, const Machine& machine, pid_t pid);

// Whether the command line is that of the service, as far as its words tell.
bool HasItsWords(const AuditedService& service, const LiveProcess& process);

}  // namespace pidfall
