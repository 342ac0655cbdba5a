// Runs cases side by side, each in a sandbox of its own.
//
//   auto results = RunCases(cases, {.jobs = 2}, [](const Result& result) { ... });
//
// The caller must have one thread only: each sandbox is forked from it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/result.h"
#include "harness/stage/scenario.h"
#include "harness/target/target.h"

namespace pidfall {

// One scenario on one target. The other members go unchanged into the Result.
struct Case {
  const Scenario* scenario = nullptr;
  Target target;
  std::string server;
  std::string guard;
  std::string expected;
  std::string reproduce;
};

struct RunOptions {
  int jobs = 2;
  bool keep = false;  // leave the sandbox's files behind and name the folder in the evidence
  std::optional<std::chrono::steady_clock::time_point> until = {};  // later cases are skips
};

// In the order of `cases`; `on_result` is called as each one ends. After an interrupt
// (InterruptRuns) the cases not yet judged are left out.
std::vector<Result> RunCases(const std::vector<Case>& cases, const RunOptions& options,
                             const std::function<void(const Result&)>& on_result);

}  // namespace pidfall
