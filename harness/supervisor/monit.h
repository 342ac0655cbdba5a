// monit: looks once in a cycle whether the process lives, and starts it where it does not.
//
//   auto policy = MakeMonitPolicy({.cycle = std::chrono::seconds(30)});
//
// It never sees an exit status. It uses the pid file: while that names a live process, also another
// copy, it starts nothing; a simulation assumes that the file ends with its process.
// https://mmonit.com/monit/documentation/monit.html (set daemon, check process)
#pragma once

#include <memory>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct MonitRules {
  SupervisorTime cycle = std::chrono::seconds(30);  // set daemon; Debian's monitrc has 120
};

std::unique_ptr<Policy> MakeMonitPolicy(const MonitRules& rules, Service service = {});

}  // namespace pidfall
