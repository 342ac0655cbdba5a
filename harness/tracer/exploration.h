// The findings of an exploration of a target's safeguard, and exactly what it covered.
//
//   const Exploration found = ExploreCrashes(target, probed, {});
//   found.results   // one for each state that a kill can leave, or each error, or each schedule
//   found.covered   // "31 points, 20 of start and 11 of stop; ..."
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/discovery.h"
#include "harness/run/result.h"
#include "harness/stage/stage.h"
#include "harness/target/target.h"

namespace pidfall {

// No pid is a part of another one, and the pids up to the next are for the start's children.
inline constexpr pid_t kBetweenPids = 1000;
inline constexpr pid_t kOwnerPid = 3000, kFirstPid = 4000, kSecondPid = 5000, kNextPid = 6000,
                       kDuplicatePid = 7000, kPreparedPid = 8000;
// Bounds for slow targets: the report says what was left out.
inline constexpr std::chrono::minutes kTimeForAll{10};
inline constexpr std::chrono::seconds kTimeForOrders{60};  // of one start state

struct Exploration {
  std::vector<Result> results;
  std::vector<std::string> covered;  // lines
};

struct ExploreOptions {
  bool all = false;             // run also the cases that equal one that was run
  std::string replay;           // only this one
  bool every_run_real = false;  // no puppets
  bool compare = false;         // what puppets do is done by the program, too
  int contenders = 2;
  std::optional<Duration> time;  // empty: the bounds above
  int bound = 2;                 // preemptions in a schedule; with `all` there is no bound
  // Now and then, while it runs.
  std::function<void(const Exploration& so_far)> on_news{};
};

using StageStory = std::function<Exploration(Stage&)>;

// Runs each in a sandbox of its own on one processor, as many side by side as there are
// processors. A Skip or a Broken of one becomes its only result, under `scenario`. After an
// interrupt: what was told so far.
Exploration TellExplorations(const Target& target, const ExploreOptions& options,
                             const std::string& scenario, const std::vector<StageStory>& stories);

// In a story: what is known so far and one line of what was covered, at most twice a second.
class SoFar {
 public:
  void Tell(const Exploration& found, const std::function<std::string()>& covered);

 private:
  std::chrono::steady_clock::time_point told_{};
};

// The result of one judgement: `judge` throws Breach, Broken, ... as a scenario does. `story` is
// its evidence.
Result JudgeOne(Stage& stage, Result result, const std::function<void()>& judge);

}  // namespace pidfall
