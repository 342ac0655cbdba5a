// The time that the machine gave a stage's instances since a moment: what they waited for a
// processor that others had is left out, so that nobody is late because the machine is busy. An
// eighth counts in any case, so that every bound is over some time.
//
//   GivenTime given(stage);
//   while (given.SoFar() < bound) ...
//
// Ask often: who ends takes along what it waited after the last time that was asked.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>

#include "harness/process/launch.h"

namespace pidfall {

class Stage;

class GivenTime {
 public:
  explicit GivenTime(const Stage& stage);
  Duration SoFar();

 private:
  void AddWaits();

  const Stage* stage_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::map<pid_t, Duration> counted_;  // each thread's waits up to now, since it began
  Duration waits_{0};                  // of all threads since `began_`
};

}  // namespace pidfall
