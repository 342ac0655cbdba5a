// Probing starts of a target, so that the target needs no configuration.
//
//   Found found = Discover(target);            // in a sandbox of its own, gone afterwards
//   Target whole = Complete(target, found);    // harness/target/found.h
#pragma once

#include "harness/target/found.h"
#include "harness/target/target.h"

namespace pidfall {

// Throws std::runtime_error when no sandbox can be made.
Found Discover(const Target& target);

}  // namespace pidfall
