// What supervisors that nobody named would make of a server: rows of a table, and no verdict.
//
//   const std::string table = OtherPoliciesText(results);
//   SetOtherPoliciesAside("no --policy named", &results);
#pragma once

#include <string>
#include <vector>

#include "harness/run/result.h"

namespace pidfall {

// A line per result that has a policy; empty when there is none.
std::string OtherPoliciesText(const std::vector<Result>& results);

// Their fails become n/a, for `reason`.
void SetOtherPoliciesAside(const std::string& reason, std::vector<Result>* results);

}  // namespace pidfall
