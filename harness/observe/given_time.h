// The time that the machine gave some instances since a moment. The time in which an instance
// waited for a processor is left out, so that a busy machine makes no instance late. The time in
// which it ran always counts: an instance with more busy threads than processors delays itself, and
// so every bound ends at some time. The result is that of the instance that got least.
//
//   GivenTime given([&] { return ProcessorTimesOfAll(stage); });
//   while (given.SoFar(kPause) < bound) Rest(kPause);
//
// Ask often: when a thread ends, its waiting time since the last question is lost.
//
// The whole machine may stand still, because of its host or its memory, and no run queue shows
// that. So pass how long you meant to sleep: delay beyond that, less your own CPU time, is
// excluded, too.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "harness/kernel/process.h"
#include "harness/process/launch.h"

namespace pidfall {

class GivenTime {
 public:
  // The processor times of each instance's threads, now.
  using Times = std::function<std::vector<std::map<pid_t, ProcessorTime>>()>;
  explicit GivenTime(Times times);
  Duration SoFar(std::optional<Duration> rested = std::nullopt);

 private:
  struct Account {
    std::map<pid_t, ProcessorTime> counted;  // of each thread, since it began
    ProcessorTime since;                     // of all threads, since `began_`

    void Count(const std::map<pid_t, ProcessorTime>& times);
    Duration GivenOf(Duration passed, Duration stood_still) const;
  };

  Times times_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<Account> accounts_;  // of each instance

  // These are about the process that asks.
  std::chrono::steady_clock::time_point asked_ = began_;
  Duration worked_;
  Duration late_{0};

  void CountLateness(Duration rested);
};

}  // namespace pidfall
