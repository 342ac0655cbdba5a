// Every point at which a start or a stop can be killed, and the consequences.
//
//   const Exploration found = ExploreCrashes(target, probed, {});
//
// SIGKILL comes before and after each call that touches the safeguard. Then no other process may be
// harmed, the next start must serve with no manual step, a duplicate of it must be refused, and no
// file may pile up. Points that leave the same files behind are one case: it is killed for real
// once, unless `all`. SIGKILL is not power loss: all written data is there.
#pragma once

#include "harness/tracer/exploration.h"

namespace pidfall {

Exploration ExploreCrashes(const Target& target, const Found& found, const ExploreOptions& options);

}  // namespace pidfall
