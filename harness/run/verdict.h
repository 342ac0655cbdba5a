// The verdict on one story: how it ended, or the first weakness that it noted.
//
//   const StoryVerdict verdict = VerdictOn(stage, [&] { scenario.run(stage); });
//   Put(verdict, &result);
#pragma once

#include <functional>
#include <string>

#include "harness/run/result.h"
#include "harness/stage/stage.h"

namespace pidfall {

struct StoryVerdict {
  Verdict verdict = Verdict::kBroken;
  std::string summary = {};
  Severity severity = Severity::kBreach;   // of a fail
  std::string clause = {};                 // of a fail
  BreachKinds kinds = breach_kind::kNone;  // of a breach
};

// `story` throws one of the ends in stage/story_end.h, or nothing.
StoryVerdict VerdictOn(Stage& stage, const std::function<void()>& story);

// Of a fail, the broken clause comes first.
void Put(const StoryVerdict& verdict, Result* result);

}  // namespace pidfall
