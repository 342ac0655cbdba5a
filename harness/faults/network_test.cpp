#include "harness/faults/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

constexpr char kRange[] = "/proc/sys/net/ipv4/ip_local_port_range";

std::string RangeWithOnlyPort8767(Stage& stage) {
  LeaveOnePortToTheKernel(stage, 8767);
  return ReadFile(kRange);
}

TEST(NetworkTest, TheOnlyPortIsTheSandboxsAndNotTheMachines) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const std::string before = ReadFile(kRange);
  EXPECT_EQ(OnStage(NoServer(), RangeWithOnlyPort8767), "8767\t8767\n");
  EXPECT_EQ(ReadFile(kRange), before);
}

TEST(NetworkTest, APortThatNeedsAPrivilegeIsNeverGiven) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const auto only_port_80 = [](Stage& stage) -> std::string {
    LeaveOnePortToTheKernel(stage, 80);
    return ReadFile(kRange);
  };
  EXPECT_THAT(OnStage(NoServer(), only_port_80), testing::StartsWith("the kernel gives"));
}

TEST(NetworkTest, WithoutANetworkOfItsOwnNothingIsSet) {
  const std::string before = ReadFile(kRange);
  setenv("PIDFALL_SANDBOX", "plain", 1);
  EXPECT_THAT(OnStage(NoServer(), RangeWithOnlyPort8767), testing::HasSubstr("needs namespaces"));
  unsetenv("PIDFALL_SANDBOX");
  EXPECT_EQ(ReadFile(kRange), before);
}

}  // namespace
}  // namespace pidfall
