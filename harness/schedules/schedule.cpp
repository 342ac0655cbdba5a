#include "harness/schedules/schedule.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

constexpr std::array kAllStates = {StartState::kFresh, StartState::kStale, StartState::kLiveOwner,
                                   StartState::kStoppingOwner};

constexpr int kMostContenders = 26;
constexpr size_t kLongest = 10'000;

[[noreturn]] void RefuseSchedule(const std::string& text) {
  throw BadInput("'" + text + "' is no schedule, such as 'stale:A4B3A2'");
}

// A letter and a count: "A4", or "A".
int TakeCount(const std::string& text, size_t& at) {
  constexpr size_t kMostDigits = 4;
  size_t end = at;
  while (end < text.size() && isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
  if (end == at) return 1;
  if (end - at > kMostDigits) RefuseSchedule(text);
  const int count = std::stoi(text.substr(at, end - at));
  at = end;
  return count;
}

std::vector<int> ParseChoices(const std::string& text, size_t at) {
  std::vector<int> choices;
  while (at < text.size()) {
    const int contender = text[at++] - 'A';
    if (contender < 0 || contender >= kMostContenders) RefuseSchedule(text);
    const int count = TakeCount(text, at);
    if (count < 1 || choices.size() + static_cast<size_t>(count) > kLongest) RefuseSchedule(text);
    choices.insert(choices.end(), static_cast<size_t>(count), contender);
  }
  return choices;
}

}  // namespace

const char* Name(StartState state) {
  switch (state) {
    case StartState::kFresh:
      return "fresh";
    case StartState::kStale:
      return "stale";
    case StartState::kLiveOwner:
      return "live-owner";
    case StartState::kStoppingOwner:
      break;
  }
  return "stopping-owner";
}

std::string ContenderName(int contender) { return {static_cast<char>('A' + contender)}; }

std::string Schedule::Text() const {
  std::string text = std::string(Name(state)) + ":";
  for (auto at = choices.begin(); at != choices.end();) {
    const auto end = std::find_if(at, choices.end(), [&](int choice) { return choice != *at; });
    text += ContenderName(*at);
    if (end - at > 1) text += std::to_string(end - at);
    at = end;
  }
  return text;
}

Schedule ParseSchedule(const std::string& text) {
  const size_t colon = text.find(':');
  for (const StartState state : kAllStates) {
    if (text.substr(0, colon) != Name(state) || colon == std::string::npos) continue;
    return {state, ParseChoices(text, colon + 1)};
  }
  RefuseSchedule(text);
}

}  // namespace pidfall
