// One turn of a schedule: a contender makes its next call that touches the safeguard.
#pragma once

#include <optional>
#include <vector>

#include "harness/tracer/call.h"

namespace pidfall {

// What became of the contender after its turn.
enum class After {
  kNextCall,
  kEnd,
  kStir,  // it rests or sleeps, another contender went on, too, or it saw more than its call shows
};

struct Turn {
  std::vector<int> enabled;      // the contenders that could take it, in ascending order
  std::vector<NamedCall> calls;  // the next one of each of them
  int chosen = 0;                // the one that took it
  NamedCall made{};              // its call; it creates no file that existed
  After after = After::kNextCall;
  std::vector<int> asleep{};     // before it: contenders that sleep for a time
  bool wakes_a_sleeper = false;  // since none could go on

  bool Enables(int contender) const;
  const NamedCall& CallOf(int contender) const;
  // The names of the calls are those of one run: "x.pid" is "x.pid (deleted)" in another.
  bool operator==(const Turn& other) const {
    return enabled == other.enabled && chosen == other.chosen;
  }
};

// The contender that goes on after the schedule: the last one while it can, then the first that
// can.
int DefaultChoice(const std::vector<int>& enabled, std::optional<int> last);

// `before`: the turn before it; null: there is none.
bool IsPreemption(const Turn* before, const Turn& turn);
int Preemptions(const std::vector<Turn>& turns);

}  // namespace pidfall
