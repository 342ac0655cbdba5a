// SIGINT, SIGTERM and SIGHUP end a run early with what is known so far; a second one ends it now.
//
//   const InterruptGuard guard;
//   auto results = RunCases(...);
#pragma once

#include <signal.h>

#include <array>

namespace pidfall {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  std::array<struct sigaction, 3> before_{};
};

}  // namespace pidfall
