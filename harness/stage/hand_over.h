// One owner goes and the next one comes: never both at once, and soon (C17).
//
//   Instance& owner = stage.StartOwner();
//   Instance& waiter = StandBy(stage);
//   stage.KillTree(owner);
//   ExpectHandOver(stage, owner, waiter);
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/stage/stage.h"

namespace pidfall {

// On another port where the pid file makes the instance: there no port hides that two serve.
Instance& StartElsewhere(Stage& stage, const std::vector<std::string>& arguments);

// A contender that waits for the owner's end. NotApplicable where nothing makes the target wait.
Instance& StandBy(Stage& stage);

void ExpectHandOver(Stage& stage, const Instance& owner, const Instance& next);

// The pid file and what stands beside it under its name.
std::map<std::string, FileState> Snapshot(const Stage& stage);
void ExpectSame(Stage& stage, const std::map<std::string, FileState>& before,
                const std::string& clause, const std::string& after_what);

inline constexpr Duration kHandOverBound = std::chrono::seconds(5);

}  // namespace pidfall
