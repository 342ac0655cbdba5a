// supervisord's rules for one program.
//
//   auto policy = MakeSupervisordPolicy({});   // its defaults
//
// https://github.com/Supervisor/supervisor/blob/4.2.5/supervisor/process.py (finish, transition)
#pragma once

#include <memory>
#include <set>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

enum class SupervisordRestart { kNever, kUnexpected, kAlways };  // autorestart=

struct SupervisordRules {
  SupervisordRestart restart = SupervisordRestart::kUnexpected;
  bool autostart = true;
  SupervisorTime start_secs = std::chrono::seconds(1);
  int start_retries = 3;
  std::set<int> exit_codes = {0};
  SupervisorTime stop_wait = std::chrono::seconds(10);
};

std::unique_ptr<Policy> MakeSupervisordPolicy(const SupervisordRules& rules, Service service = {});

}  // namespace pidfall
