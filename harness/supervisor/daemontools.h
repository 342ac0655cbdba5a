// daemontools' supervise: restarts without end, at most once a second from start to start.
//
//   auto policy = MakeDaemontoolsPolicy();
//   auto theirs = ReadDaemontoolsFolder("/service/web");   // throws BadInput
//
// https://cr.yp.to/daemontools/supervise.html: "pauses for a second, so that it does not loop too
// quickly"
#pragma once

#include <memory>
#include <string>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct DaemontoolsRules {
  bool down = false;  // the folder has a file `down`
};

std::unique_ptr<Policy> MakeDaemontoolsPolicy(const DaemontoolsRules& rules = {},
                                              Service service = {});
std::unique_ptr<Policy> ReadDaemontoolsFolder(const std::string& folder);

}  // namespace pidfall
