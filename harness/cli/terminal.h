// The width of a drawing, and whether it may have other characters than ASCII.
//
//   outputs.Print(DrawTimeline(groups, StyleFor(stdout)));
#pragma once

#include <cstdio>

#include "harness/report/timeline.h"

namespace pidfall {

// A file or a pipe gets ASCII, so that stored output is the same everywhere.
TimelineStyle StyleFor(std::FILE* stream);

}  // namespace pidfall
