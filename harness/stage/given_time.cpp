#include "harness/stage/given_time.h"

#include <algorithm>
#include <utility>

#include "harness/stage/stage.h"

namespace pidfall {

GivenTime::GivenTime(const Stage& stage) : stage_(&stage) {
  for (auto& times : stage.ProcessorTimes()) accounts_.push_back({.counted = std::move(times)});
}

// Of all threads together: where a shell waits for its program, and a program for its helper's
// answer, each of them waits for the processor in its turn.
void GivenTime::Account::Count(const std::map<pid_t, ProcessorTime>& times) {
  for (const auto& [thread, time] : times) {
    ProcessorTime& before = counted[thread];
    if (time.ran < before.ran) before = {};  // another thread has its number
    since.ran += time.ran - before.ran;
    since.waited += time.waited - before.waited;
    before = time;
  }
}

Duration GivenTime::Account::GivenOf(Duration passed) const {
  return std::max(passed - since.waited, std::min<Duration>(passed, since.ran));
}

Duration GivenTime::SoFar() {
  const auto times = stage_->ProcessorTimes();
  accounts_.resize(times.size());
  const Duration passed = std::chrono::steady_clock::now() - began_;
  Duration least = passed;
  for (size_t i = 0; i < times.size(); ++i) {
    accounts_[i].Count(times[i]);
    least = std::min(least, accounts_[i].GivenOf(passed));
  }
  return least;
}

}  // namespace pidfall
