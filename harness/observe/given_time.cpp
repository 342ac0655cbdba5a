#include "harness/observe/given_time.h"

#include <time.h>

#include <algorithm>
#include <utility>
namespace pidfall {

namespace {

Duration WorkedByThisThread() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

GivenTime::GivenTime(Times times) : times_(std::move(times)), worked_(WorkedByThisThread()) {
  for (auto& counted : times_()) accounts_.push_back({.counted = std::move(counted)});
}

// Counts all threads together: a shell waits for its program, a program for its helper's answer,
// and each of them waits for the processor in turn.
void GivenTime::Account::Count(const std::map<pid_t, ProcessorTime>& times) {
  for (const auto& [thread, time] : times) {
    ProcessorTime& before = counted[thread];
    if (time.ran < before.ran) before = {};  // another thread has its id
    since.ran += time.ran - before.ran;
    since.waited += time.waited - before.waited;
    before = time;
  }
}

// Both may cover the same moments.
Duration GivenTime::Account::GivenOf(Duration passed, Duration stood_still) const {
  const Duration left_out = std::max<Duration>(since.waited, stood_still);
  return std::max(passed - left_out, std::min<Duration>(passed, since.ran));
}

void GivenTime::CountLateness(Duration rested) {
  const auto now = std::chrono::steady_clock::now();
  const Duration worked = WorkedByThisThread();
  late_ += std::max(Duration::zero(), now - asked_ - rested - (worked - worked_));
  asked_ = now;
  worked_ = worked;
}

Duration GivenTime::SoFar(std::optional<Duration> rested) {
  if (rested) CountLateness(*rested);
  const auto times = times_();
  accounts_.resize(times.size());
  const Duration passed = std::chrono::steady_clock::now() - began_;
  Duration least = passed;
  for (size_t i = 0; i < times.size(); ++i) {
    accounts_[i].Count(times[i]);
    least = std::min(least, accounts_[i].GivenOf(passed, late_));
  }
  return least;
}

}  // namespace pidfall
