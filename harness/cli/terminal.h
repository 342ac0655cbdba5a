// How wide a drawing may be, and whether its characters may be more than ASCII.
//
//   outputs.Print(DrawTimeline(groups, StyleFor(stdout)));
#pragma once

#include <cstdio>

#include "harness/report/timeline.h"

namespace pidfall {

// A file or a pipe gets ASCII, so that what is kept or compared looks the same everywhere.
TimelineStyle StyleFor(std::FILE* stream);

}  // namespace pidfall
