// The axis of time under a drawing: where its labels stand, and what they say.
//
//   const SupervisorTime tick = Tick(duration, 7);  // at most 7 labels after the first
//   for (SupervisorTime at = 0s; at <= duration; at += tick) Draw(at, AxisLabel(at, tick));
#pragma once

#include <string>

#include "harness/supervisor/policy.h"

namespace pidfall {

// A round time: 5 ms, 10 s, 5 min, 2 h.
SupervisorTime Tick(SupervisorTime duration, int most_labels);

// "20ms", "0m", "90s", "15m", "2h".
std::string AxisLabel(SupervisorTime at, SupervisorTime tick);

}  // namespace pidfall
