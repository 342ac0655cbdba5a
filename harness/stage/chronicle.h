// Notes when each start of a story serves, waits and holds the guard.
//
//   chronicle.Begin(instance, false);
//   chronicle.Watch(stage);                       // in every look; costs a small part of the time
//   chronicle.Settled(stage, instance, outcome);  // exact
//   result.times = chronicle.Times(stage);
//
// Where a state ends before the start itself, its bar ends at the last look that saw the state, not
// at the first that missed it: so two bars never overlap where the starts did not.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/observe/settling.h"
#include "harness/stage/instance.h"
#include "harness/stage/story_times.h"

namespace pidfall {

class Stage;

class Chronicle {
 public:
  // `apart`: neither its port nor its pid file is the target's.
  void Begin(const Instance& instance, bool apart);
  void BeginStranger(const std::string& name);
  void NoteSignal(const Instance& instance, const std::string& name);
  void NoteFault(const std::string& what);
  void Settled(const Stage& stage, const Instance& instance, Outcome outcome);
  // Looks at every start, if the last look was long enough ago.
  void Watch(const Stage& stage);
  // A simulation's times stand for those of its processes.
  void Replace(StoryTimes simulated);

  StoryTimes Times(Stage& stage);

 private:
  using Clock = std::chrono::steady_clock;
  struct Span {
    const char* phase;
    Clock::time_point from, seen;  // the last time
  };
  struct Watched {
    const Instance* instance = nullptr;  // none: a stranger
    std::string name;
    bool apart = false;
    bool stays = false;  // it was found to serve by staying
    bool is_over = false;
    std::vector<Span> spans = {};
    std::vector<Span> held = {};  // the guard
    std::vector<StoryTimes::Mark> marks = {};
  };

  Watched* Find(const Instance& instance);
  void Look(const Stage& stage);
  void See(const Stage& stage, Watched* start);
  const char* PhaseOf(const Stage& stage, const Watched& start) const;
  static void Extend(std::vector<Span>* spans, const char* phase, Clock::time_point now);
  double At(Clock::time_point time) const;
  StoryTimes::Lane LaneOf(const Watched& start, Clock::time_point now) const;

  Clock::time_point began_ = Clock::now();
  Clock::time_point next_look_{};
  std::vector<Watched> starts_;
  std::vector<StoryTimes::Mark> faults_;
  StoryTimes simulated_;
};

}  // namespace pidfall
