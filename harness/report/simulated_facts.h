// What a simulation adds to its result, as JSON and scripts want it: plain numbers.
//
//   facts.push_back(FactsOf("KeepAlive=true, by hand first", log));
#pragma once

#include <optional>
#include <string>
#include <vector>

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
  std::optional<std::string> gave_up;    // why
  std::optional<double> served_after_s;  // after the last owner went
};

SimulatedFacts FactsOf(const std::string& variant, const SimulationLog& log, const ActorLog& actor);
// Of the actor that a supervisor started; of the only one, where none was.
SimulatedFacts FactsOf(const std::string& variant, const SimulationLog& log);

}  // namespace pidfall
