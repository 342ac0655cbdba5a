#include "harness/stage/given_time.h"

#include <algorithm>

#include "harness/stage/stage.h"

namespace pidfall {

GivenTime::GivenTime(const Stage& stage) : stage_(&stage), counted_(stage.WaitsForProcessor()) {}

// Of all threads together: where a shell waits for its program, and a program for its helper's
// answer, each of them waits for the processor in its turn.
void GivenTime::AddWaits() {
  for (const auto& [thread, waited] : stage_->WaitsForProcessor()) {
    Duration& counted = counted_[thread];
    if (waited < counted) counted = Duration::zero();  // another thread has its number
    waits_ += waited - counted;
    counted = waited;
  }
}

Duration GivenTime::SoFar() {
  AddWaits();
  const Duration passed = std::chrono::steady_clock::now() - began_;
  return passed - std::min<Duration>(waits_, passed * 7 / 8);
}

}  // namespace pidfall
