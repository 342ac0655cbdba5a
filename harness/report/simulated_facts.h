// The facts that a simulation adds to its result, for JSON, scripts and the page: plain numbers.
//
//   facts.push_back(FactsOf("KeepAlive=true, by hand first", log));
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/stage/story_times.h"

namespace pidfall {

struct ActorLog;
struct SimulationLog;

struct SimulatedFacts {
  struct Exit {
    double at_s = 0;
    int pid = 0;
    int status = 0;  // -9: ended by signal 9
  };
  std::string variant;
  int starts = 0;
  std::vector<Exit> exits;
  std::optional<std::string> gave_up;    // the reason
  std::optional<double> served_after_s;  // after the last owner ended

  StoryTimes times;  // the page alone draws them
};

SimulatedFacts FactsOf(const std::string& variant, const SimulationLog& log, const ActorLog& actor);
// The facts of the supervised actor; where no supervisor started one, of the only actor.
SimulatedFacts FactsOf(const std::string& variant, const SimulationLog& log);
// The facts of `supervise` with this policy; after a roll-out, those of the new copy.
SimulatedFacts FactsOfSupervised(const std::string& policy, const SimulationLog& log);

}  // namespace pidfall
