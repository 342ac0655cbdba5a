#include "harness/schedules/schedule_search.h"

#include <algorithm>
#include <utility>

namespace pidfall {
namespace {

bool Has(const std::vector<int>& all, int one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool IsPreemption(const std::vector<Turn>& before, const Turn& turn) {
  if (before.empty()) return false;
  const int last = before.back().chosen;
  return turn.chosen != last && Has(turn.enabled, last);
}

}  // namespace

int DefaultChoice(const std::vector<int>& enabled, std::optional<int> last) {
  return last && Has(enabled, *last) ? *last : enabled.front();
}

int Preemptions(const std::vector<Turn>& turns) {
  int count = 0;
  std::vector<Turn> before;
  for (const Turn& turn : turns) {
    if (IsPreemption(before, turn)) ++count;
    before.push_back(turn);
  }
  return count;
}

std::optional<std::vector<Turn>> ScheduleSearch::Next() {
  if (waiting_.empty()) return std::nullopt;
  const auto first = waiting_.begin();
  preemptions_ = first->first;
  std::vector<Turn> turns = std::move(first->second.front());
  first->second.pop_front();
  if (first->second.empty()) waiting_.erase(first);
  given_ = turns.size();
  return turns;
}

// Where a turn was taken by default, each other choice makes a new schedule.
void ScheduleSearch::Explored(const std::vector<Turn>& turns) {
  std::vector<Turn> before(turns.begin(),
                           turns.begin() + static_cast<ptrdiff_t>(std::min(given_, turns.size())));
  int count = Preemptions(before);
  for (size_t i = before.size(); i < turns.size(); ++i) {
    for (const int other : turns[i].enabled) {
      if (other == turns[i].chosen) continue;
      const Turn turn{turns[i].enabled, other};
      const int more = count + (IsPreemption(before, turn) ? 1 : 0);
      if (bound_ && more > *bound_) continue;
      std::vector<Turn> next = before;
      next.push_back(turn);
      Add(more, std::move(next));
    }
    if (IsPreemption(before, turns[i])) ++count;
    before.push_back(turns[i]);
  }
}

}  // namespace pidfall
