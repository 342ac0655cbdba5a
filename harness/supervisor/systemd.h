// systemd's rules for one service, as version 252 has them, with the RestartSteps of 254.
//
//   auto policy = MakeSystemdPolicy({.restart = SystemdRestart::kOnFailure});
//
// https://github.com/systemd/systemd/blob/v252/src/core/service.c (service_shall_restart), its
// src/basic/ratelimit.c, and the manual pages systemd.service(5) and systemd.unit(5).
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

enum class SystemdRestart {
  kNo,
  kOnSuccess,
  kOnFailure,
  kOnAbnormal,
  kOnWatchdog,
  kOnAbort,
  kAlways,
};
enum class SystemdType { kSimple, kExec, kForking, kNotify, kOneshot };

struct ExitStatusSet {
  std::set<int> statuses;
  std::set<int> signals;

  bool Holds(const EndedRun& run) const {
    return run.signal != 0 ? signals.count(run.signal) != 0 : statuses.count(run.status) != 0;
  }
};

struct SystemdRules {
  SystemdRestart restart = SystemdRestart::kNo;
  SystemdType type = SystemdType::kSimple;
  std::string pid_file;
  SupervisorTime restart_sec = std::chrono::milliseconds(100);
  int restart_steps = 0;
  std::optional<SupervisorTime> restart_max_delay;                        // none: infinity
  SupervisorTime start_limit_interval = std::chrono::seconds(10);         // 0: no limit
  int start_limit_burst = 5;                                              // 0: no limit
  std::optional<SupervisorTime> stop_timeout = std::chrono::seconds(90);  // none: infinity
  bool ends_cgroup = true;  // KillMode=control-group or mixed
  ExitStatusSet success, prevent, force;
  bool ignores_failure = false;  // ExecStart=-...: every end is a clean one
};

std::unique_ptr<Policy> MakeSystemdPolicy(const SystemdRules& rules, Service service = {});

// `no`, `on-failure`, ... as Restart= takes it; none: it is no such word.
std::optional<SystemdRestart> ParseSystemdRestart(std::string_view word);

}  // namespace pidfall
