// The catalogue on the command of each audited service, in its sandbox, the worst service first.
//
//   const auto results = CheckServices(audit, {.program = "pidfall", .common = common}, outputs);
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/audit/audit.h"
#include "harness/cli/options.h"
#include "harness/cli/outputs.h"
#include "harness/run/result.h"

namespace pidfall {

struct AuditCheckOptions {
  std::string program;  // how the user called us
  CommonOptions common;
  std::optional<std::chrono::nanoseconds> time;  // for each service
};

// Prints what it finds. A service whose command cannot be run here is a skip, with the reason.
std::vector<Result> CheckServices(const Audit& audit, const AuditCheckOptions& options,
                                  const Outputs& outputs);

}  // namespace pidfall
