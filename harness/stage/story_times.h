// The times of a story: a lane of bars and marks per start of the target, for the drawings.
//
//   const StoryTimes times = stage.evidence().chronicle().Times(stage);
//   times.lanes[0].bars   // {"starting", 0, 0.003}, {"serves", 0.003, 0.021}, {"guard", ...}
//
// Seconds since the story began.
#pragma once

#include <string>
#include <vector>

namespace pidfall {

struct StoryTimes {
  // "starting", "serves", "waits", "throttled"; "apart": serves on a port and with a pid file of
  // its own; "idle": lives and does not serve; "stranger": a process that is no start of the
  // target. Beside these, "guard": it holds the safeguard's lock, or the pid file names it.
  struct Bar {
    std::string phase;
    double from_s = 0;
    double to_s = 0;
  };
  struct End {
    double at_s = 0;
    int status = 0;  // -9: ended by signal 9
  };
  // A signal to it; in the lane of the faults, a fault.
  struct Mark {
    double at_s = 0;
    std::string what;
  };
  struct Lane {
    std::string name;
    std::vector<Bar> bars;
    std::vector<End> ends;
    std::vector<Mark> marks;
  };

  double duration_s = 0;
  bool is_simulated = false;  // by a supervisor's clock
  std::vector<Lane> lanes;
  std::vector<double> lines_s;  // when each line of the evidence was written; empty: not known
};

// The lane of what was done to the target and its surroundings, apart from starts and signals.
inline constexpr char kFaultsLane[] = "faults";

}  // namespace pidfall
