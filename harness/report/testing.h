// For tests: a whole Result in one line.
//
//   const Result result = ResultOf("stale/zero", Verdict::kFail, {.guard = "pidfile"});
#pragma once

#include <string>

#include "harness/run/result.h"

namespace pidfall {

struct ResultExtras {
  std::string guard;
  std::string expected;
  bool surprise = false;
  Severity severity = Severity::kBreach;
  std::string policy;
  std::string summary;
};

inline Result ResultOf(const std::string& scenario, Verdict verdict, ResultExtras extras = {}) {
  Result result;
  result.scenario = scenario;
  result.family = scenario.substr(0, scenario.find('/'));
  result.clauses = {"C5"};
  result.verdict = verdict;
  result.severity = extras.severity;
  result.policy = std::move(extras.policy);
  result.summary = std::move(extras.summary);
  result.guard = std::move(extras.guard);
  result.expected = std::move(extras.expected);
  result.surprise = extras.surprise;
  return result;
}

}  // namespace pidfall
