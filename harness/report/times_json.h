// The times of a story as JSON, for `--json` and the page.
//
//   json["timeline"] = TimesJson(result.times);
//   // {"duration_s": 0.02, "lanes": [{"name": "A", "bars": [["serves", 0.003, 0.02]],
//   //   "ends": [[0.02, -9]], "marks": [[0.0198, "SIGKILL"]]}], "evidence_at_s": [0.0001, ...]}
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/stage/story_times.h"

namespace pidfall {

nlohmann::ordered_json TimesJson(const StoryTimes& times);

}  // namespace pidfall
