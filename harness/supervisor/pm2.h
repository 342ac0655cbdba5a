// PM2's rules for one application.
//
//   auto policy = MakePm2Policy({});   // its defaults
//
// https://github.com/Unitech/pm2/blob/v5.4.3/lib/God.js (handleExit)
#pragma once

#include <memory>
#include <set>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct Pm2Rules {
  bool autorestart = true;
  int max_restarts = 16;
  SupervisorTime min_uptime = std::chrono::seconds(1);
  SupervisorTime restart_delay{0};
  SupervisorTime exp_backoff{0};  // exp_backoff_restart_delay; 0: none
  std::set<int> stop_exit_codes;
  SupervisorTime kill_timeout = std::chrono::milliseconds(1600);
};

std::unique_ptr<Policy> MakePm2Policy(const Pm2Rules& rules, Service service = {});

}  // namespace pidfall
