#include "harness/stage/given_time.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// On the first processor that it may have.
void StayOnOneProcessor() {
  cpu_set_t allowed, first;
  sched_getaffinity(0, sizeof allowed, &allowed);
  CPU_ZERO(&first);
  for (size_t cpu = 0; CPU_COUNT(&first) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) CPU_SET(cpu, &first);
  }
  sched_setaffinity(0, sizeof first, &first);
}

class Spinning {
 public:
  explicit Spinning(const std::string& name)
      : instance_(census_, name,
                  Launch({.command = {"/bin/sh", "-c", "while :; do :; done"},
                          .before_exec =
                              [name] {
                                WearMark(name);
                                StayOnOneProcessor();
                              }}),
                  UniqueFd(), 0) {}
  Spinning(const Spinning&) = delete;
  Spinning& operator=(const Spinning&) = delete;
  ~Spinning() {
    SendSignal(instance_.child(), SIGKILL);
    Reap(instance_.child());
  }
  const Instance& instance() const { return instance_; }

 private:
  Census census_;
  Instance instance_;
};

TEST(GivenTimeTest, TheTimeThatAnotherHadTheProcessorIsLeftOut) {
  constexpr auto kWaitsAtLeast = 100ms;
  constexpr auto kLooksFor = 10s;
  const Spinning one("A"), other("B");
  const auto began = Clock::now();
  const GivenTime given(one.instance());
  auto left_out = 0ns;
  while (left_out < kWaitsAtLeast && Clock::now() - began < kLooksFor) {
    WaitForEnd(one.instance().child(), 10ms);
    left_out = Clock::now() - began - given.SoFar();
  }
  EXPECT_GE(left_out, kWaitsAtLeast);
}

}  // namespace
}  // namespace pidfall
