// The order in which contenders make the calls that touch their safeguard, as a value.
//
//   const Schedule schedule = ParseSchedule("stale:A4B3A2");
//   schedule.choices   // 0 0 0 0 1 1 1 0 0
#pragma once

#include <string>
#include <vector>

namespace pidfall {

// The state that the contenders find.
enum class StartState { kFresh, kStale, kLiveOwner, kStoppingOwner };

const char* Name(StartState state);  // "fresh", "stale", "live-owner", "stopping-owner"

// The first contender is "A". In StartState::kStoppingOwner that is the owner that ends.
std::string ContenderName(int contender);

struct Schedule {
  StartState state = StartState::kFresh;
  std::vector<int> choices;  // the contender of each call
  std::string Text() const;
  bool operator==(const Schedule&) const = default;
};

// Throws BadInput.
Schedule ParseSchedule(const std::string& text);

}  // namespace pidfall
