// How far a run is: on a terminal one line, erased at the end; in a pipe or a file a line now and
// then.
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

// ", 0.5/s, about 40 s left", from the time that `done` of `total` have taken. Empty while that is
// too uncertain, and when little is left.
std::string PaceText(std::size_t done, std::size_t total, std::chrono::duration<double> taken);

class Progress {
 public:
  // A short run leaves no line in a file.
  static constexpr std::chrono::seconds kBetweenLines{10};

  Progress(std::FILE* stream, std::size_t total, std::chrono::seconds between = kBetweenLines);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Step(const Result& result);
  // Where there is no count of results.
  void Show(const std::string& line);

 private:
  std::string Line(const Result& result) const;

  std::FILE* stream_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t run_ = 0;  // without results that needed no run
  int breaches_ = 0;
  std::chrono::seconds between_;  // lines, where there is no terminal
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_ = began_;
  bool is_terminal_;
};

}  // namespace pidfall
