// Durations as people write them, and as reports show them.
//
//   ParseDuration("1h 30min")        // 5400 s; throws BadInput
//   FormatDuration(500s)             // "8 min 20 s"
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace pidfall {

// A sum of numbers with a unit: ms, s, min (or m), h, d. "0" needs none.
std::chrono::nanoseconds ParseDuration(std::string_view text);

// In the two largest units; a third of a second is "0.3 s".
std::string FormatDuration(std::chrono::nanoseconds duration);

}  // namespace pidfall
