// The rules of OpenRC's supervise-daemon in Debian's version 0.45.2, and in later ones.
//
//   auto policy = MakeOpenrcPolicy({});   // its defaults: eleven starts, ever
//
// https://github.com/OpenRC/openrc/blob/0.45.2/src/rc/supervise-daemon.c (supervisor; in later
// versions src/supervise-daemon/supervise-daemon.c, supervisor and main), its
// sh/supervise-daemon.sh and sh/start-stop-daemon.sh, and the manual page openrc-run(8)
#pragma once

#include <memory>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct OpenrcRules {
  bool is_supervised = true;  // else start-stop-daemon starts it, and restarts nothing
  SupervisorTime respawn_delay{0};
  int respawn_max = 10;              // 0: no limit
  SupervisorTime respawn_period{0};  // 0: a lifetime
  // Later versions: each respawn waits for this much longer, up to a cap.
  SupervisorTime respawn_delay_step{0};
  SupervisorTime respawn_delay_cap{0};
};

// The defaults of later versions.
OpenrcRules LaterOpenrcRules();

std::unique_ptr<Policy> MakeOpenrcPolicy(const OpenrcRules& rules, Service service = {});

}  // namespace pidfall
