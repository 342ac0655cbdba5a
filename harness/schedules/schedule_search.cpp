#include "harness/schedules/schedule_search.h"

#include <utility>

namespace pidfall {

std::optional<ScheduleSearch::Schedule> ScheduleSearch::Next() {
  if (waiting_.empty()) return std::nullopt;
  const auto first = waiting_.begin();
  preemptions_ = first->first;
  given_ = {.choices = std::move(first->second.front())};
  first->second.pop_front();
  if (first->second.empty()) waiting_.erase(first);
  if (equals_ == Equals::kAreKnown) Foresee();
  return given_;
}

void ScheduleSearch::Foresee() {
  const auto turns = foresight_.TurnsOf(given_.choices);
  given_.is_equal = turns && explored_.contains(foresight_.OrderOf(*turns));
  if (given_.is_equal) Branch(*turns);
}

bool ScheduleSearch::Explored(const std::vector<Turn>& turns) {
  const bool as_before = foresight_.Learn(turns);
  const auto order = foresight_.OrderOf(turns);
  if (given_.is_equal) return as_before && explored_.contains(order);
  explored_.insert(order);
  Branch(turns);
  return as_before;
}

// Where a turn was taken by default, each other choice makes a new schedule.
void ScheduleSearch::Branch(const std::vector<Turn>& turns) {
  std::vector<int> choices;
  int preemptions = 0;
  for (size_t i = 0; i < turns.size(); ++i) {
    const Turn* before = i == 0 ? nullptr : &turns[i - 1];
    for (const int other : turns[i].enabled) {
      if (i < given_.choices.size() || other == turns[i].chosen) continue;
      Turn turn = turns[i];
      turn.chosen = other;
      const int more = preemptions + (IsPreemption(before, turn) ? 1 : 0);
      if (bound_ && more > *bound_) continue;
      waiting_[more].push_back(choices);
      waiting_[more].back().push_back(other);
    }
    if (IsPreemption(before, turns[i])) ++preemptions;
    choices.push_back(turns[i].chosen);
  }
}

}  // namespace pidfall
