// The schedules to try, in order: fewest preemptions first, so that the first one that breaks a
// promise is the simplest. Pure: its caller runs the schedules.
//
//   ScheduleSearch search(2);
//   while (const auto prefix = search.Next()) {
//     search.Explored(Run(*prefix));   // the prefix, then each goes on for as long as it can
//   }
//   search.complete();                 // all within the bound were tried
//
// A preemption takes the turn from a contender that could go on. Within the bound every order is
// tried once: for two contenders with k calls each, C(2k, k) orders without a bound.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace pidfall {

// One turn: the contenders that could take it, in ascending order, and the one that did.
struct Turn {
  std::vector<int> enabled;
  int chosen = 0;
  bool operator==(const Turn&) const = default;
};

// The contender that goes on after the schedule: the last one while it can, then the first that
// can.
int DefaultChoice(const std::vector<int>& enabled, std::optional<int> last);

int Preemptions(const std::vector<Turn>& turns);

class ScheduleSearch {
 public:
  // Without a bound: every order.
  explicit ScheduleSearch(std::optional<int> bound) : bound_(bound) { Add(0, {}); }

  // The first turns of the next schedule. Empty: all have been tried.
  std::optional<std::vector<Turn>> Next();
  // All turns of that schedule, with its first turns.
  void Explored(const std::vector<Turn>& turns);

  int preemptions() const { return preemptions_; }  // of the last result of Next
  bool complete() const { return waiting_.empty(); }

 private:
  void Add(int preemptions, std::vector<Turn> turns) {
    waiting_[preemptions].push_back(std::move(turns));
  }

  std::optional<int> bound_;
  std::map<int, std::deque<std::vector<Turn>>> waiting_;  // by their preemptions
  size_t given_ = 0;                                      // first turns of the last one
  int preemptions_ = 0;
};

}  // namespace pidfall
