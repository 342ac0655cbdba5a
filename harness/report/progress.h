// One line on a terminal that shows how far a run is; it is erased at the end.
//
//   Progress progress(stderr, cases.size());
//   RunCases(cases, options, [&](const Result& result) { progress.Step(result); });
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

#include "harness/run/result.h"

namespace pidfall {

// ", about 40 s left", from the time that `done` of `total` have taken. Empty while that is too
// uncertain, and when little is left.
std::string TimeLeftText(std::size_t done, std::size_t total, std::chrono::duration<double> taken);

class Progress {
 public:
  // Prints nothing unless `stream` is a terminal.
  Progress(std::FILE* stream, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Step(const Result& result);

 private:
  std::FILE* stream_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t run_ = 0;  // without results that needed no run
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool on_;
};

}  // namespace pidfall
