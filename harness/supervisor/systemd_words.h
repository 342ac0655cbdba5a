// systemd's notations: time spans, exit statuses and signals.
//
//   ParseTimeSpan("1min 30s")   // 90 s; "5" is 5 s, "infinity" is none
#pragma once

#include <optional>
#include <string_view>

#include "harness/supervisor/policy.h"
#include "harness/supervisor/systemd.h"

namespace pidfall {

struct TimeSpan {
  std::optional<SupervisorTime> length;  // none: infinity
};
// systemd.time(7). None: it is no time span.
std::optional<TimeSpan> ParseTimeSpan(std::string_view text);

// Adds `1`, `TEMPFAIL` or `SIGKILL`. False: it is none of them.
bool AddExitStatus(std::string_view word, ExitStatusSet* into);

}  // namespace pidfall
