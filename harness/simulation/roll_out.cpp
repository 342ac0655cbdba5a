#include "harness/simulation/roll_out.h"

#include <fmt/format.h>

#include <utility>

namespace pidfall {
namespace {

constexpr std::pair<std::string_view, RollOutRules> kRollOuts[] = {
    {"start-first", {}},
    {"start-first:standby-ready", {.standby_ready = true}},
    {"stop-first", {.start_first = false}},
};

bool IsReady(const RollOutRules& rules, Phase copy) {
  return copy == Phase::kServes || (rules.standby_ready && copy == Phase::kWaits);
}

bool IsGone(const RollOutSight& sight) {
  return !sight.old_is_wanted && sight.old_copy == Phase::kDown;
}

// Two copies as the steps of a roll-out leave them, once both have come to rest.
Phase AtRest(const RollOutSight& sight, AsDuplicate as_duplicate) {
  if (!sight.new_is_wanted) return Phase::kDown;
  if (IsGone(sight)) return Phase::kServes;
  return as_duplicate == AsDuplicate::kStandsBy ? Phase::kWaits : Phase::kThrottled;
}

std::string Cell(const RollOutPrediction& prediction) {
  if (!prediction.ends) return "never ends, the old copy serves on";
  return prediction.gap ? "ends, with a gap as long as the new start" : "ends";
}

}  // namespace

RollOutStep NextStep(const RollOutRules& rules, const RollOutSight& sight) {
  const bool stops_first = !rules.start_first;
  if (stops_first && sight.old_is_wanted) return RollOutStep::kStopOld;
  if (stops_first && !IsGone(sight)) return RollOutStep::kWait;
  if (!sight.new_is_wanted) return RollOutStep::kStartNew;
  if (!IsReady(rules, sight.new_copy)) return RollOutStep::kWait;
  if (sight.old_is_wanted) return RollOutStep::kStopOld;
  return IsGone(sight) ? RollOutStep::kDone : RollOutStep::kWait;
}

std::string Describe(const RollOutRules& rules) {
  return fmt::format("{}-first, ready when it serves{}", rules.start_first ? "start" : "stop",
                     rules.standby_ready ? " or stands by" : "");
}

std::optional<RollOutRules> LookUpRollOut(std::string_view name) {
  for (const auto& [known, rules] : kRollOuts) {
    if (known == name) return rules;
  }
  return std::nullopt;
}

const std::vector<std::string>& RollOutNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, rules] : kRollOuts) all.emplace_back(name);
    return all;
  }();
  return names;
}

RollOutPrediction PredictRollOut(const RollOutRules& rules, AsDuplicate as_duplicate) {
  RollOutPrediction prediction;
  RollOutSight sight;
  for (;;) {
    switch (NextStep(rules, sight)) {
      case RollOutStep::kStartNew:
        prediction.gap = IsGone(sight);
        sight.new_is_wanted = true;
        break;
      case RollOutStep::kStopOld:
        sight.old_is_wanted = false;
        sight.old_copy = Phase::kDown;
        break;
      case RollOutStep::kDone:
        prediction.ends = true;
        return prediction;
      case RollOutStep::kWait:
        return prediction;
    }
    sight.new_copy = AtRest(sight, as_duplicate);
  }
}

std::string RollOutTable() {
  constexpr std::string_view kRow = "{:<27}{:<44}{}\n";
  std::string table = fmt::format(kRow, "roll-out", "a duplicate ends", "it stands by");
  for (const auto& [name, rules] : kRollOuts) {
    table += fmt::format(kRow, name, Cell(PredictRollOut(rules, AsDuplicate::kEnds)),
                         Cell(PredictRollOut(rules, AsDuplicate::kStandsBy)));
  }
  return table;
}

}  // namespace pidfall
