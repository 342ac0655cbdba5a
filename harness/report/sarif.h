// SARIF 2.1.0, by which code hosts show findings beside the code: a rule per scenario that found
// something, a result per finding.
//
//   out = SarifText({.version = "0.1.0", .command = "check", .sandbox = "full"}, results, notes);
//
// Every finding stands at a file (source_place.h). What was not judged is a notification with its
// reason.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/report/html.h"
#include "harness/report/json.h"
#include "harness/run/result.h"

namespace pidfall {

std::string SarifText(const JsonHead& head, const std::vector<Result>& results,
                      const std::map<std::string, PageNote>& notes);

}  // namespace pidfall
