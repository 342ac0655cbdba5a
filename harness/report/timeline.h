// A simulation drawn as bars of text, a row per actor.
//
//   DrawTimeline({{"none", &log_of_none}, {"reference", &log_of_reference}}, {.width = 100})
//
//                         0m      2m      4m      6m      8m      10m
//     none      by-hand   ################################x
//               agent     !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!=########  49 starts, 48 x status 1
//     # serves  . waits  ! failed start  o polite exit  = throttled  x ended
//
// A column shows its worst moment: a start that failed outweighs the wait between two of them.
#pragma once

#include <string>
#include <vector>

#include "harness/simulation/simulation_log.h"
#include "harness/stage/story_times.h"

namespace pidfall {

struct TimelineGroup {
  std::string label;  // the guard, or the variant
  const SimulationLog* log = nullptr;
  // The parts of a picture: the guard, signals and faults; its lanes are the log's actors.
  const StoryTimes* story = nullptr;
  bool may_overlap = false;  // in a picture: two that serve are no breach
};

struct TimelineStyle {
  int width = 100;    // no line is longer, unless a summary or the legend alone is
  bool utf8 = false;  // with other characters than ASCII
};

// A copy by hand whose bar is the same in every group is drawn once.
std::string DrawTimeline(const std::vector<TimelineGroup>& groups, const TimelineStyle& style);

}  // namespace pidfall
