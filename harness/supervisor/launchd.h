// The rules of launchd's last open version (842.92.1, OS X 10.9.5), and of later ones.
//
//   auto policy = MakeLaunchdPolicy({.keep_alive = true});
//
// KeepAlive=true never looks at an exit status: a polite duplicate that exits 0 is started again
// as well. The status counts under KeepAlive={SuccessfulExit=...} only.
// https://github.com/apple-oss-distributions/launchd/blob/launchd-842.92.1/src/core.c#L6121
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

// Which launchd: the published source, or macOS 10.10 and later, known from its manual page and the
// field (the source is closed). They differ where a rule below says so.
enum class LaunchdEra { kPublished, kModern };

struct LaunchdRules {
  LaunchdEra era = LaunchdEra::kPublished;
  bool run_at_load = false;
  bool keep_alive = false;              // KeepAlive=true
  std::optional<bool> successful_exit;  // KeepAlive={SuccessfulExit=...}
  std::optional<bool> crashed;          // KeepAlive={Crashed=...}; entries are or-ed
  std::chrono::seconds throttle{10};    // ThrottleInterval: least time between two starts
  std::optional<std::chrono::seconds> exit_timeout;  // ExitTimeOut; none: the era's; 0: no SIGKILL
  std::chrono::seconds start_interval{0};            // StartInterval; 0: none
  bool after_initial_demand = false;                 // KeepAlive={AfterInitialDemand=true}
  std::optional<bool> network_state;                 // KeepAlive={NetworkState=...}
  bool other_job_missing = false;  // KeepAlive={OtherJobEnabled={...=false}}: none is loaded here
  bool abandon_process_group = false;
  bool launch_only_once = false;
};

std::unique_ptr<Policy> MakeLaunchdPolicy(const LaunchdRules& rules, Service service = {});

}  // namespace pidfall
