// The time that the machine gave an instance since a moment: what it waited for a processor that
// others had is left out, so that nobody is late because the machine is busy.
//
//   const GivenTime given(instance);
//   while (given.SoFar() < bound) ...
#pragma once

#include <chrono>
#include <map>

#include "harness/stage/instance.h"

namespace pidfall {

class GivenTime {
 public:
  explicit GivenTime(const Instance& instance);
  Duration SoFar() const;

 private:
  Duration LongestWait() const;

  const Instance* instance_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::map<pid_t, Duration> before_;  // each thread's waits by then
};

}  // namespace pidfall
