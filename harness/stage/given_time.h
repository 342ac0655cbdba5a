// The time that the machine gave a stage's instances since a moment: what they waited for a
// processor that others had is left out, so that nobody is late because the machine is busy. It is
// that of the instance which got least. What it ran counts in any case: one with more busy threads
// than processors is no victim of others, and every bound is over some time.
//
//   GivenTime given(stage);
//   while (given.SoFar() < bound) ...
//
// Ask often: who ends takes along what it waited after the last time that was asked.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <vector>

#include "harness/probe/process.h"
#include "harness/process/launch.h"

namespace pidfall {

class Stage;

class GivenTime {
 public:
  explicit GivenTime(const Stage& stage);
  Duration SoFar();

 private:
  struct Account {
    std::map<pid_t, ProcessorTime> counted;  // of each thread, since it began
    ProcessorTime since;                     // of all threads, since `began_`

    void Count(const std::map<pid_t, ProcessorTime>& times);
    Duration GivenOf(Duration passed) const;
  };

  const Stage* stage_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<Account> accounts_;  // of each instance
};

}  // namespace pidfall
