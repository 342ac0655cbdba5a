// All that a start said: what it printed, and what it wrote into files. Many daemons log the reason
// for their end and print nothing.
//
//   if (!NamesNumber(SaidBy(stage, refused), stage.port())) ...
#pragma once

#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// Files written since the start began; the safeguard's own are left out.
std::string SaidBy(const Stage& stage, const Instance& instance);

}  // namespace pidfall
