#include "harness/stage/answers.h"

#include <system_error>

#include "harness/kernel/http.h"
#include "harness/stage/stage.h"

namespace pidfall {

namespace {

constexpr Duration kAnswerBound = std::chrono::milliseconds(500);  // other protocols stay silent

// A server that has answered before gets the time of a start.
constexpr Duration kHangsAfter = std::chrono::seconds(2);

bool IsAnswered(const Endpoint& endpoint, const std::string& path, Duration bound) {
  try {
    const HttpReply reply = HttpGet(endpoint, path, bound);
    return !reply.text.empty() || reply.closed_by_server || reply.reset_by_server;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

bool AnswersAt(const Endpoint& endpoint, const std::string& path) {
  return IsAnswered(endpoint, path, kAnswerBound);
}

bool StillAnswers(const Stage& stage) {
  const Target& target = stage.target();
  if (!target.port || !target.answers) return true;
  return IsAnswered(stage.endpoint(), target.health_path, kHangsAfter);
}

bool Visit(const Stage& stage) {
  try {
    const bool is_asked = stage.target().port && !stage.target().is_udp;
    if (is_asked) HttpGet(stage.endpoint(), stage.target().health_path, kAnswerBound);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace pidfall
