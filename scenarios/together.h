// Several starts that came at one time: one of them must serve.
//
//   ExpectOneOf(stage, {&first, &second});
#pragma once

#include <string>
#include <vector>

#include "harness/stage/stage.h"
#include "harness/stage/story_end.h"

namespace pidfall {

// The start that serves is the owner; the others must be quiet duplicates.
void ExpectOneOf(Stage& stage, const std::vector<Instance*>& together);

struct Reason {
  std::string text;
  BreachKinds kinds = breach_kind::kNone;  // of what comes of it
  // The text where no start is seen to have gone on past its check: another one's mark may have
  // ended it. Empty: the reason holds anyway.
  std::string where_none_passed;
};

// The same. As its first line, a finding says what it comes of.
void ExpectOneOfAs(Stage& stage, const std::vector<Instance*>& together, const Reason& reason);

}  // namespace pidfall
