// The time that something took, as reports give it.
//
//   const auto start = std::chrono::steady_clock::now();
//   ...
//   MillisecondsSince(start)   // 12.7
#pragma once

#include <chrono>

namespace pidfall {

inline double Milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

inline double MillisecondsSince(std::chrono::steady_clock::time_point start) {
  return Milliseconds(std::chrono::steady_clock::now() - start);
}

}  // namespace pidfall
