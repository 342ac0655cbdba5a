// The output of `pidfall audit`: a row per service, then what is wrong, then what was not read.
//
//   outputs.Print(AuditText(audit, paint, false) + AuditSummary(audit, elapsed_ms) + '\n');
#pragma once

#include <string>

#include "harness/audit/audit.h"
#include "harness/report/paint.h"

namespace pidfall {

// With `verbose` the predicted restart loops too, and why a question was not answered.
std::string AuditText(const Audit& audit, const Paint& paint, bool verbose);

// "12 services: 2 breaches, 5 restart a duplicate that ends, 1 file not read   0.2 s"
std::string AuditSummary(const Audit& audit, double elapsed_ms);

// "rests", "loops", "gives up", "loops on failure": what the supervisor makes of a duplicate.
std::string DuplicateWord(const AuditedService& service);

}  // namespace pidfall
