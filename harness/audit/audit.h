// Every service under some paths, and what is wrong with it on this machine. Changes nothing.
//
//   const Audit audit = AuditPaths({"/etc/systemd/system"});   // throws BadInput
//   for (const Result& result : AllResults(audit)) ...
#pragma once

#include <string>
#include <vector>

#include "harness/audit/judge.h"
#include "harness/audit/services.h"

namespace pidfall {

struct Audit {
  AuditedServices services;
  std::vector<Judged> judged;  // one per service
};

Audit AuditPaths(const std::vector<std::string>& paths);

// With a skip for each file that could not be read.
std::vector<Result> AllResults(const Audit& audit);

}  // namespace pidfall
