// The fields that `pidfall audit` adds to its JSON: the services with all that is known of them,
// and the files that were not read.
//
//   head.more = AuditJson(audit);
#pragma once

#include <string>

#include "harness/audit/audit.h"

namespace pidfall {

// A JSON text, always in valid UTF-8.
std::string AuditJson(const Audit& audit);

}  // namespace pidfall
