// The rules of OpenRC's supervise-daemon in Debian's version 0.45.2.
//
//   auto policy = MakeOpenrcPolicy({});   // its defaults: eleven starts in a lifetime
//
// https://github.com/OpenRC/openrc/blob/0.45.2/src/rc/supervise-daemon.c (supervisor)
#pragma once

#include <memory>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct OpenrcRules {
  std::chrono::seconds respawn_delay{0};
  int respawn_max = 10;                    // 0: no limit
  std::chrono::seconds respawn_period{0};  // 0: a lifetime
};

std::unique_ptr<Policy> MakeOpenrcPolicy(const OpenrcRules& rules, Service service = {});

}  // namespace pidfall
