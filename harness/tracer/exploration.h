// What an exploration of a target's safeguard found, and exactly what it covered.
//
//   const Exploration found = ExploreCrashes(target, probed, {});
//   found.results   // one for each state that a kill can leave, or each error, or each schedule
//   found.covered   // "31 points, 20 of start and 11 of stop; ..."
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "harness/run/discovery.h"
#include "harness/run/result.h"
#include "harness/stage/stage.h"
#include "harness/target/target.h"

namespace pidfall {

// Distinct, so that no number is another's part, and with room for what each of them forks.
inline constexpr pid_t kOwnerPid = 3000, kFirstPid = 4000, kSecondPid = 5000, kNextPid = 6000,
                       kDuplicatePid = 7000;
// A slow target with much to try: what is left then is said.
inline constexpr std::chrono::minutes kTimeForAll{10};

struct Exploration {
  std::vector<Result> results;
  std::vector<std::string> covered;  // lines
};

struct ExploreOptions {
  bool all = false;    // nothing is left out because it equals something that was run
  std::string replay;  // only this one
  int contenders = 2;
  int bound = 2;  // preemptions in a schedule; with `all` there is no bound
};

using StageStory = std::function<Exploration(Stage&)>;

// Tells each in a sandbox of its own, on one processor, and as many side by side as there are
// processors. A Skip or a Broken that one throws becomes its only result, under `scenario`.
Exploration TellExplorations(const Target& target, const std::string& scenario,
                             const std::vector<StageStory>& stories);

// What one judgement comes to: `judge` throws Breach, Broken, ... as a scenario does. `story` is
// what led to it.
Result JudgeOne(Stage& stage, Result result, const std::function<void()>& judge);

}  // namespace pidfall
