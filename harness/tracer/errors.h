// Each call that touches the safeguard fails once, with each error that its manual page allows.
//
//   const Exploration found = ExploreErrors(target, probed, {});
//
// A start that meets an error either ends with a message and a status that is neither success nor
// the duplicate's, or carries on, and then a duplicate of it must be refused. Either way the next
// start serves, with no manual step, and an owner that was there stays. A stop ends all the same.
#pragma once

#include "harness/tracer/exploration.h"

namespace pidfall {

Exploration ExploreErrors(const Target& target, const Found& found, const ExploreOptions& options);

}  // namespace pidfall
