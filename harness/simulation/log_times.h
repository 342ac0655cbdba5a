// A simulation's log as the times of a story, and back: pages draw the one, pictures the other.
//
//   stage.evidence().chronicle().Replace(TimesOf(log));
//   const SimulationLog log = LogOf(result.times);  // without what only a story has, as the guard
#pragma once

#include "harness/simulation/simulation_log.h"
#include "harness/stage/story_times.h"

namespace pidfall {

double SecondsOf(SupervisorTime time);
SupervisorTime TimeOf(double seconds);

// A lane per actor.
StoryTimes TimesOf(const SimulationLog& log);
SimulationLog LogOf(const StoryTimes& times);

}  // namespace pidfall
