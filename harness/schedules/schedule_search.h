// The schedules to try, in order: fewest preemptions first, so that the first one that breaks a
// promise is the simplest. Pure: its caller carries the schedules out.
//
//   ScheduleSearch search(contenders, 2);
//   while (const auto next = search.Next()) {
//     if (!next->is_equal) search.Explored(Run(next->choices));   // else it need not
//   }
//   search.complete();                 // all within the bound were tried
//
// A preemption takes the turn from a contender that could go on. Within the bound every order comes
// once: for two contenders with k calls each, C(2k, k) orders without a bound. Most of them are
// equal to one before (happens_before.h), end as that one did, and need not be carried out.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "harness/schedules/foresight.h"

namespace pidfall {

enum class Equals { kAreKnown, kAreTried };

class ScheduleSearch {
 public:
  // Without a bound: any number of preemptions.
  ScheduleSearch(size_t contenders, std::optional<int> bound, Equals equals = Equals::kAreKnown)
      : bound_(bound), equals_(equals), foresight_(contenders) {
    waiting_[0].push_back({});
  }

  struct Schedule {
    std::vector<int> choices;  // after them, each contender goes on for as long as it can
    bool is_equal = false;     // to one that was carried out
  };
  // Empty: all have been tried.
  std::optional<Schedule> Next();
  // All turns of that schedule. False: they were foreseen otherwise.
  bool Explored(const std::vector<Turn>& turns);
  // From now on equal ones are carried out, too.
  void TryEqualOnes() { equals_ = Equals::kAreTried; }

  int preemptions() const { return preemptions_; }  // of the last result of Next
  bool complete() const { return waiting_.empty(); }

 private:
  void Foresee();
  void Branch(const std::vector<Turn>& turns);

  std::optional<int> bound_;
  Equals equals_;
  Foresight foresight_;
  std::set<Foresight::Order> explored_;
  std::map<int, std::deque<std::vector<int>>> waiting_;  // choices, by their preemptions
  Schedule given_;                                       // the last result of Next
  int preemptions_ = 0;
};

}  // namespace pidfall
