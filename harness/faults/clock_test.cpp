#include "harness/faults/clock.h"

#include <gtest/gtest.h>

#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

TEST(ClockTest, AFileOfProcShowsTheGivenText) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      ShowInstead(stage, "/proc/sys/kernel/random/boot_id", "another\n");
                      return ReadFile("/proc/sys/kernel/random/boot_id");
                    }),
            "another\n");
}

}  // namespace
}  // namespace pidfall
