#include "harness/stage/settle.h"

#include <gtest/gtest.h>

#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// The last of the looks, the one in which `is_seen` is true.
std::string Look(Stage& stage, const std::function<bool(const Sighting&)>& is_seen) {
  Instance& start = stage.Start();
  Sighting now;
  const auto seen = [&] { return is_seen(now = LookAt(stage, start)); };
  if (!stage.WaitUntil(seen, Stage::kSettleBound)) return "never seen";
  return std::to_string(now.processes.size()) + (now.listens ? " listens" : "") +
         (now.first_listens ? " first" : "") + (now.first_ended ? " ended" : "");
}

Target Script(const std::string& script) { return {.command = {"/bin/sh", "-c", script}}; }

TEST(LookAtTest, AStartInALockIsSeenInIt) {
  const Target target = Script("exec 9> {dir}/x; flock 9; exec flock {dir}/x true");
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) {
                      return Look(stage, [](const Sighting& now) {
                        return now.processes.size() == 1 && now.processes[0].in_lock &&
                               now.processes[0].has_no_timeout && IsAtRest(now);
                      });
                    }),
            "1");
}

TEST(LookAtTest, ATimedSleepIsNoRest) {
  EXPECT_EQ(OnStage(Script("exec sleep 1000"),
                    [](Stage& stage) {
                      return Look(stage, [](const Sighting& now) {
                        return now.processes.size() == 1 && now.processes[0].state == 'S' &&
                               !now.processes[0].has_no_timeout && now.processes[0].switches > 0;
                      });
                    }),
            "1");
}

TEST(LookAtTest, AStartThatHasEndedHasNoProcess) {
  EXPECT_EQ(OnStage(Script("exit 3"),
                    [](Stage& stage) {
                      return Look(stage, [](const Sighting& now) {
                        return now.first_ended && now.processes.empty();
                      });
                    }),
            "0 ended");
}

// The target has no port here, so the caller says whether it listens.
TEST(LookAtTest, TheCallerMaySayThatItListens) {
  EXPECT_EQ(OnStage(Script("exec sleep 1000"),
                    [](Stage& stage) -> std::string {
                      const Sighting now = LookAt(stage.Start(), true, false);
                      return std::string(now.listens ? "listens" : "") +
                             (now.first_listens ? " first" : "");
                    }),
            "listens");
}

}  // namespace
}  // namespace pidfall
