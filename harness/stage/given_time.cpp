#include "harness/stage/given_time.h"

#include <algorithm>

#include "harness/stage/stage.h"

namespace pidfall {

GivenTime::GivenTime(const Stage& stage) : stage_(&stage), before_(stage.WaitsForProcessor()) {}

// Of all threads together: where a shell waits for its program, and a program for its helper's
// answer, each of them waits for the processor in its turn.
Duration GivenTime::WaitsSince() const {
  Duration sum{0};
  for (const auto& [thread, waited] : stage_->WaitsForProcessor()) {
    const auto known = before_.find(thread);
    sum += known == before_.end() ? waited : waited - known->second;
  }
  return sum;
}

Duration GivenTime::SoFar() const {
  const Duration passed = std::chrono::steady_clock::now() - began_;
  return passed - std::min<Duration>(WaitsSince(), passed * 7 / 8);
}

}  // namespace pidfall
