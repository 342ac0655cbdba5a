// All messages of a start: its output, and the text that it wrote into files and to the system's
// log. Many daemons log the reason for their end and print nothing.
//
//   if (!NamesNumber(SaidBy(stage, refused), stage.port())) ...
#pragma once

#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// Reads the files that were written since the start began, without the safeguard's own.
std::string SaidBy(const Stage& stage, const Instance& instance);

}  // namespace pidfall
