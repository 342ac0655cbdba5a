// JUnit XML, as CI servers read it: a suite per server and strategy, a test case per scenario.
//
//   out = JunitText("run", results);
#pragma once

#include <string>
#include <vector>

#include "harness/run/result.h"

namespace pidfall {

// A failure is a surprise, or a breach where nothing was expected. Known failures and weaknesses
// pass, with their story as output: CI must fail only for something new.
std::string JunitText(const std::string& command, const std::vector<Result>& results);

}  // namespace pidfall
