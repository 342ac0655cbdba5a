// Each call that touches the safeguard fails once, with each error that its manual page allows.
//
//   const Exploration found = ExploreErrors(target, probed, {});
//
// A start that gets an error either ends with a message and a status that is neither success nor
// the duplicate's, or goes on, and then a duplicate of it must be refused. In both cases the next
// start serves, with no manual step, and a live owner stays. A stop still ends.
#pragma once

#include "harness/tracer/exploration.h"

namespace pidfall {

Exploration ExploreErrors(const Target& target, const Found& found, const ExploreOptions& options);

}  // namespace pidfall
