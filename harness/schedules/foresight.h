// Foresees the turns of a schedule from those of others, without carrying it out. Pure.
//
//   Foresight foresight(2);
//   foresight.Learn(turns);                               // of a schedule that was carried out
//   if (const auto turns = foresight.TurnsOf({0, 0, 1}))  // empty: it has a turn that no other had
//     foresight.OrderOf(*turns)                           // the same for equal orders
//
// What a turn does depends on what happened before it (happens_before.h) and on nothing else. So a
// turn that came after the same events is the same turn in every schedule.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "harness/schedules/happens_before.h"
#include "harness/schedules/turn.h"

namespace pidfall {

class Foresight {
 public:
  explicit Foresight(size_t contenders) : contenders_(contenders) {}

  // False: a turn was another one than after the same events in an earlier schedule.
  bool Learn(const std::vector<Turn>& turns);

  // After the choices, each contender goes on for as long as it can.
  std::optional<std::vector<Turn>> TurnsOf(const std::vector<int>& choices);

  using Order = std::vector<int>;
  Order OrderOf(const std::vector<Turn>& turns);

 private:
  struct State {
    std::optional<NamedCall> next;  // it can take the next turn
    bool sleeps = false;            // it goes on when no other can; neither: it rests or has ended
    bool IsLike(const State& other) const;
  };
  using States = std::vector<State>;  // of each contender
  struct Outcome {
    NamedCall made;
    After after = After::kNextCall;
    std::map<int, State> changed;
    bool IsLike(const Outcome& other) const;
  };

  States StatesBefore(const std::vector<Turn>& turns, size_t index) const;
  Outcome OutcomeOf(const std::vector<Turn>& turns, size_t index) const;
  static std::optional<Turn> TurnIn(const States& states);

  size_t contenders_;
  KnownEvents events_;
  States at_first_;
  std::map<int, Outcome>
      outcomes_;  // by the number of a turn that creates nothing and ends nothing
};

}  // namespace pidfall
