#include "harness/stage/answers.h"

#include <system_error>

#include "harness/probe/http.h"
#include "harness/stage/stage.h"

namespace pidfall {

bool Answers(const Stage& stage) {
  constexpr Duration kAnswerBound = std::chrono::milliseconds(500);  // other protocols stay silent
  try {
    const bool is_asked = stage.target().port && !stage.target().is_udp;
    if (is_asked) HttpGet(stage.endpoint(), stage.target().health_path, kAnswerBound);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace pidfall
