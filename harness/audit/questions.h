// The four questions that are asked about a service, each a function of its own.
//
//   const Asked asked{service, all, machine, CopiesOf(service, machine)};
//   PidFileAnswer(asked).summary   // "/run/web.pid names process 4711, which is gone"
#pragma once

#include <string>
#include <vector>

#include "harness/audit/copies.h"
#include "harness/audit/machine.h"
#include "harness/audit/services.h"
#include "harness/run/result.h"

namespace pidfall {

struct Asked {
  const AuditedService& service;
  const std::vector<AuditedService>& all;
  const Machine& machine;
  std::vector<Copy> copies;

  bool is_in_container() const { return !service.policy->job().image.empty(); }
  // The processes of a shell script have names of their own; only systemd knows them as the
  // service's.
  bool is_opaque() const { return service.facts.is_script && service.unit.empty(); }
  const LiveProcess& process(pid_t pid) const { return machine.processes.at(pid); }
};

// Does the pid file name the service's own process?
Result PidFileAnswer(const Asked& asked);
// Does it run as often as it is meant to?
Result CopiesAnswer(const Asked& asked);
// Do its ports belong to it?
Result PortAnswer(const Asked& asked);
// Would its supervisor restart a duplicate for ever, or until it gives up?
Result LoopAnswer(const Asked& asked);

// "pid 312 (python3 serve.py)"
std::string Named(const LiveProcess& process);
// "pid 312 (python3 serve.py), under systemd; pid 388 (...)"
std::string NamedCopies(const Asked& asked);

}  // namespace pidfall
