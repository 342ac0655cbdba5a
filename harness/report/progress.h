// One line on a terminal that says how far a run is, gone again at the end.
//
//   Progress progress(stderr, cases.size());
//   RunCases(cases, options, [&](const Result& result) { progress.Step(result); });
#pragma once

#include <cstddef>
#include <cstdio>

#include "harness/run/result.h"

namespace pidfall {

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
  bool on_;
};

}  // namespace pidfall
