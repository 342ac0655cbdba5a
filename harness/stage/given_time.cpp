#include "harness/stage/given_time.h"

#include <algorithm>

#include "harness/stage/stage.h"

namespace pidfall {

GivenTime::GivenTime(const Stage& stage) : stage_(&stage), before_(stage.WaitsForProcessor()) {}

// Threads work side by side: the one that waited longest has held up the others, at most.
Duration GivenTime::LongestWait() const {
  Duration longest{0};
  for (const auto& [thread, waited] : stage_->WaitsForProcessor()) {
    const auto known = before_.find(thread);
    longest = std::max(longest, known == before_.end() ? waited : waited - known->second);
  }
  return longest;
}

Duration GivenTime::SoFar() const {
  return std::chrono::steady_clock::now() - began_ - LongestWait();
}

}  // namespace pidfall
