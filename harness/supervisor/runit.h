// runit's runsv: restarts without end, a second later where the run was shorter than a second.
//
//   auto policy = MakeRunitPolicy();
//   auto theirs = ReadRunitFolder("/etc/sv/web");   // throws BadInput
//
// https://github.com/void-linux/runit/blob/master/src/runsv.c
#pragma once

#include <memory>
#include <string>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct RunitRules {
  bool down = false;  // the folder has a file `down`
};

std::unique_ptr<Policy> MakeRunitPolicy(const RunitRules& rules = {}, Service service = {});
std::unique_ptr<Policy> ReadRunitFolder(const std::string& folder);

}  // namespace pidfall
