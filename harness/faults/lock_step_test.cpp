#include "harness/faults/lock_step.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// It stays without a timeout, so that its waiting is noticed at once.
Target ThatStaysAfter(const std::string& script) {
  return {.command = {"/bin/sh", "-c",
                      script + "mkfifo {dir}/../fifo 2>/dev/null; exec cat <> {dir}/../fifo"},
          .pid_file = "{pid_file}"};
}

TEST(LockStepTest, StartsInTurnCheckBeforeAnyCreates) {
  const Target target =
      ThatStaysAfter("cd {dir}; test -e one && exit 1; echo 1 > one; echo 1 >> {dir}/../count; ");
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) {
                      StartInLockStep(stage, {{}, {}}, 1);
                      return ReadOrEmpty(stage.folder() + "/../count");
                    }),
            "1\n1\n");
}

TEST(LockStepTest, EachOfSeveralStartsThatAreReleasedTogetherRuns) {
  EXPECT_EQ(OnStage(ThatStaysAfter("echo 1 >> {dir}/../count; "),
                    [](Stage& stage) {
                      const auto all = StartTogether(stage, {{}, {}, {}});
                      const std::string count = stage.folder() + "/../count";
                      stage.WaitUntil([&] { return ReadOrEmpty(count) == "1\n1\n1\n"; },
                                      Stage::kSettleBound);
                      return std::to_string(all.size()) + " " + ReadOrEmpty(count);
                    }),
            "3 1\n1\n1\n");
}

}  // namespace
}  // namespace pidfall
