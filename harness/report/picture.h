// A simulation drawn for a post-mortem: bars over time, a row per actor, as SVG.
//
//   const auto start = ParseClock("2025-12-22T10:28");
//   out = PictureText({.title = "Port conflict", .version = "0.1.0", .start = start},
//                     {{"before", {{"pidfile", &before}}}, {"after", {{"reference", &after}}}});
//
// Charts stand one above the other and share the axis, so that before and after can be compared.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/timeline.h"

namespace pidfall {

struct PictureHead {
  std::string title;
  std::string source;  // an address; empty: none
  std::string version;
  std::optional<std::chrono::seconds> start;  // since midnight: the axis shows the time of day
};

struct Chart {
  std::string title;
  std::vector<TimelineGroup> groups;
};

std::string PictureText(const PictureHead& head, const std::vector<Chart>& charts);

// "10:28", "10:28:30" or "2025-12-22T10:28". Throws BadInput.
std::chrono::seconds ParseClock(const std::string& text);

}  // namespace pidfall
