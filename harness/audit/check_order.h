// Which audited services can be checked here, and which first.
//
//   for (const AuditedService* service : WorstFirst(audit)) {
//     if (ObstacleToCheck(*service).empty()) ...
//   }
#pragma once

#include <string>
#include <vector>

#include "harness/audit/audit.h"

namespace pidfall {

// Why it is not even tried; empty: nothing is known against it.
std::string ObstacleToCheck(const AuditedService& service);

// Those with the most breaches first, then those that would loop.
std::vector<const AuditedService*> WorstFirst(const Audit& audit);

}  // namespace pidfall
