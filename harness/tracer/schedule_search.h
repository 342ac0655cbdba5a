// Which schedules to try, and in which order: fewest preemptions first, so that the first one that
// breaks a promise is the simplest. Pure: what a schedule does is told to it.
//
//   ScheduleSearch search(2);
//   while (const auto prefix = search.Next()) {
//     search.Explored(Run(*prefix));   // the prefix, then each goes on for as long as it can
//   }
//   search.complete();                 // nothing within the bound is left
//
// A preemption takes the turn from one that could go on. Within the bound every order is tried
// once: a run of k calls each by two contenders has C(2k, k) of them without a bound.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace pidfall {

// One turn: who could take it, in ascending order, and who did.
struct Turn {
  std::vector<int> enabled;
  int chosen = 0;
  bool operator==(const Turn&) const = default;
};

// Who goes on when no schedule says: the last one while it can, then the first that can.
int DefaultChoice(const std::vector<int>& enabled, std::optional<int> last);

int Preemptions(const std::vector<Turn>& turns);

class ScheduleSearch {
 public:
  // Without a bound: every order.
  explicit ScheduleSearch(std::optional<int> bound) : bound_(bound) { Add(0, {}); }

  // The turns that the next schedule begins with. Empty: all has been tried.
  std::optional<std::vector<Turn>> Next();
  // All turns of it, those that it was to begin with included.
  void Explored(const std::vector<Turn>& turns);

  int preemptions() const { return preemptions_; }  // of what Next gave last
  bool complete() const { return waiting_.empty(); }

 private:
  void Add(int preemptions, std::vector<Turn> turns) {
    waiting_[preemptions].push_back(std::move(turns));
  }

  std::optional<int> bound_;
  std::map<int, std::deque<std::vector<Turn>>> waiting_;  // by their preemptions
  size_t given_ = 0;                                      // turns that the last one began with
  int preemptions_ = 0;
};

}  // namespace pidfall
