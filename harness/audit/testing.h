// Services and machines as values, for the tests of what is judged about them.
//
//   const AuditedService web = ServiceOf({"web", "--port", "80"});
//   Machine machine = MachineWith({{.pid = 10, .words = {"web", "--port", "80"}}});
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/audit/machine.h"
#include "harness/audit/services.h"
#include "harness/supervisor/procfile.h"

namespace pidfall {

inline AuditedService ServiceWith(Job job) {
  AuditedService service{.name = "web", .source = "web.service", .file = "web.service"};
  service.facts = FactsOf(job);
  service.folder = job.working_directory;
  service.policy = MakeProcfilePolicy({.job = std::move(job)});
  return service;
}

inline AuditedService ServiceOf(std::vector<std::string> words) {
  return ServiceWith(Job{.command = std::move(words)});
}

inline Machine MachineWith(const std::vector<LiveProcess>& processes) {
  Machine machine;
  for (const LiveProcess& process : processes) machine.processes.emplace(process.pid, process);
  return machine;
}

}  // namespace pidfall
