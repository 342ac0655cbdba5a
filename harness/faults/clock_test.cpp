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

long BootTime() {
  const std::string stat = ReadFile("/proc/stat");
  return std::stol(stat.substr(stat.find("btime ") + 6));
}

TEST(ClockTest, ALaterBootTimeIsShown) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const long before = BootTime();
  EXPECT_EQ(OnStage(NoServer(),
                    [&](Stage& stage) {
                      ShowLaterBootTime(stage, std::chrono::hours(1));
                      return std::to_string(BootTime() - before);
                    }),
            "3600");
}

}  // namespace
}  // namespace pidfall
