// A supervisor's clock: real time runs on it, and waiting is jumped over.
//
//   VirtualClock clock(jobs.Now());
//   clock.JumpTo(10s, jobs.Now());
//   clock.At(jobs.Now())   // 10 s and what has passed since
#pragma once

#include <algorithm>
#include <chrono>

namespace pidfall {

class VirtualClock {
 public:
  explicit VirtualClock(std::chrono::nanoseconds real_now) : began_(real_now) {}

  // Since the clock began.
  std::chrono::nanoseconds At(std::chrono::nanoseconds real_now) const {
    return real_now - began_ + jumped_;
  }
  std::chrono::nanoseconds RealSinceBegan(std::chrono::nanoseconds real_now) const {
    return real_now - began_;
  }
  // Never back.
  void JumpTo(std::chrono::nanoseconds due, std::chrono::nanoseconds real_now) {
    jumped_ += std::max(due - At(real_now), std::chrono::nanoseconds(0));
  }

 private:
  std::chrono::nanoseconds began_;
  std::chrono::nanoseconds jumped_{0};
};

}  // namespace pidfall
