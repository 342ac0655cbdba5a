// How a new version replaces the old one: which copy is started or stopped next.
//
//   const RollOutRules rules = LookUpRollOut("start-first").value();
//   RollOutStep step = NextStep(rules, {.new_is_wanted = true,
//                                       .old_copy = Phase::kServes,
//                                       .new_copy = Phase::kWaits});
//   // kWait, for ever: the new copy waits for the lock, the old one for the new one to be ready
//
// Start-first is what a Kubernetes Deployment with one replica does unless told otherwise
// (RollingUpdate, whose maxSurge of 25 % is rounded up to 1, and maxUnavailable down to 0), and a
// Swarm service with `order: start-first`. https://github.com/kunobi-ninja/kache/pull/767 was stuck
// in it for 3 days and 18 hours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/simulation/simulation_log.h"

namespace pidfall {

struct RollOutRules {
  bool start_first = true;     // else the old copy is stopped before the new one is started
  bool standby_ready = false;  // the readiness probe accepts a copy that stands by
};

// The state of the two copies. A wanted copy is kept running by its restart policy.
struct RollOutSight {
  bool old_is_wanted = true;
  bool new_is_wanted = false;
  Phase old_copy = Phase::kServes;
  Phase new_copy = Phase::kDown;
};

enum class RollOutStep { kWait, kStartNew, kStopOld, kDone };

RollOutStep NextStep(const RollOutRules& rules, const RollOutSight& sight);

// "start-first, ready when it serves or stands by"
std::string Describe(const RollOutRules& rules);

// start-first, start-first:standby-ready, stop-first. Nothing for any other name.
std::optional<RollOutRules> LookUpRollOut(std::string_view name);
const std::vector<std::string>& RollOutNames();

// The behaviour of a copy that finds an owner.
enum class AsDuplicate { kEnds, kStandsBy };

struct RollOutPrediction {
  bool ends = false;  // the new version serves, and the old one is gone
  bool gap = false;   // after the old one's end no copy served until the new one had started
};

RollOutPrediction PredictRollOut(const RollOutRules& rules, AsDuplicate as_duplicate);

// `supervise --table`: a row per roll-out, a column per way to meet an owner.
std::string RollOutTable();

}  // namespace pidfall
