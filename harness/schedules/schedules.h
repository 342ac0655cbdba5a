// Several contenders, in every order of the calls that touch their safeguard.
//
//   const Exploration found = ExploreSchedules(target, probed, {.contenders = 2, .bound = 2});
//
// From a fresh start, a stale file, a live owner and an owner that is ending. At the end of every
// schedule at most one serves; at least one does, unless there was an owner; a refused contender
// ends like a duplicate, or waits; and the pid file names the one that serves. Schedules with few
// preemptions come first, so that the first breach has the shortest story.
#pragma once

#include "harness/tracer/exploration.h"

namespace pidfall {

Exploration ExploreSchedules(const Target& target, const Found& found,
                             const ExploreOptions& options);

}  // namespace pidfall
