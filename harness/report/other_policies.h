// The results under supervisors that the user did not name: rows of a table, no verdicts.
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

// The fails under those policies become n/a, for `reason`.
void SetOtherPoliciesAside(const std::string& reason, std::vector<Result>* results);

}  // namespace pidfall
