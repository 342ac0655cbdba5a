#include "harness/faults/guard_locks.h"

#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

std::string TakerOf(const std::string& script) {
  const Target target{
      .command = {"/bin/sh", "-c", script + "mkfifo {dir}/../fifo; exec cat <> {dir}/../fifo"},
      .pid_file = "{pid_file}"};
  return OnStage(target, [](Stage& stage) { return LockThatEndedWithItsTaker(stage); });
}

TEST(GuardLocksTest, ALockThatAHelperTookEndsWithTheHelper) {
  EXPECT_EQ(TakerOf("flock {pid_file} true; "), "server.pid");
}

TEST(GuardLocksTest, ALockThatTheServerTookIsItsOwn) {
  EXPECT_EQ(TakerOf("exec 9>> {pid_file}; "), "");
}

}  // namespace
}  // namespace pidfall
