// A hand-over from one owner to the next: never two at once, and soon (C17).
//
//   Instance& owner = stage.StartOwner();
//   Instance& waiter = StandBy(stage);
//   stage.KillTree(owner);
//   ExpectHandOver(stage, owner, waiter);
#pragma once

#include "harness/stage/stage.h"

namespace pidfall {

// A contender that waits for the owner's end. NotApplicable where nothing makes the target wait.
Instance& StandBy(Stage& stage);

void ExpectHandOver(Stage& stage, const Instance& owner, const Instance& next);

inline constexpr Duration kHandOverBound = std::chrono::seconds(5);

}  // namespace pidfall
