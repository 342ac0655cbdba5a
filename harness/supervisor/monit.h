// monit: looks once in a cycle whether the process lives, and starts it where it does not.
//
//   auto policy = MakeMonitPolicy({.cycle = std::chrono::seconds(30)});
//
// It never sees an exit status. It uses the pid file: while that names a live process, also another
// copy, it starts nothing; a simulation assumes that the file ends with its process.
// https://mmonit.com/monit/documentation/monit.html (set daemon, check process), and src/validate.c
// and src/control.c of version 5.33
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

// `if 5 restarts within 6 cycles then unmonitor`
struct MonitLimit {
  int restarts = 0;
  int cycles = 0;
};

struct MonitRules {
  SupervisorTime cycle = std::chrono::seconds(30);  // set daemon; Debian's monitrc has 120
  SupervisorTime start_timeout = std::chrono::seconds(30);
  std::vector<MonitLimit> limits;  // that end its care; one that only tells of it is none
  std::string never;               // why it starts nothing: "mode passive"; empty: it does
};

std::unique_ptr<Policy> MakeMonitPolicy(const MonitRules& rules, Service service = {});

}  // namespace pidfall
