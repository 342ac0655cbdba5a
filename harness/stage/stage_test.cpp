#include "harness/stage/stage.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using std::chrono::milliseconds;

Target Shell(const std::string& script) {
  return {.command = {"/bin/sh", "-c", script}, .pid_file = "{pid_file}"};
}

// It stays, with a child, once it has printed a line.
constexpr char kWithChild[] = "sleep 1000 & echo started; exec sleep 1000";

Instance& Started(Stage& stage, const StartOptions& options = {}) {
  Instance& instance = stage.Start(options);
  const auto started = [&] { return !instance.output().empty(); };
  if (!stage.WaitUntil(started, Stage::kSettleBound)) throw Broken("it did not start");
  return instance;
}

std::string AllGone(Stage& stage, const Instance& instance) {
  return stage.Gone(instance, milliseconds(200)) ? "all gone" : "something is left";
}

TEST(StageTest, StartsAreNamedByTheAlphabetAndThenWithANumber) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      for (int i = 0; i < 27; ++i) stage.Start();
                      return stage.instances().front().name() + stage.instances().back().name();
                    }),
            "AA2");
}

TEST(StageTest, OwnerThatNeverServesIsBrokenAndSaysHow) {
  const auto story = [](Stage& stage) { return stage.StartOwner().name(); };
  EXPECT_EQ(OnStage(Shell("echo no configuration; exit 3"), story),
            "the target never served, it ended with status 3; it printed \"no configuration\"");
}

TEST(StageTest, StepsAndSignalsAreEvidence) {
  EXPECT_EQ(OnStage(Shell(kWithChild),
                    [](Stage& stage) {
                      stage.Kill(Started(stage));
                      return stage.evidence().lines().at(1);
                    }),
            "did send SIGKILL to A");
}

TEST(StageTest, VariableOfAStartReplacesTheTargets) {
  Target target = Shell("echo $COLOR");
  target.environment = {"COLOR=red"};
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) {
                      return Started(stage).output() +
                             Started(stage, {.environment = {"COLOR=blue"}}).output();
                    }),
            "red\nblue\n");
}

TEST(StageTest, KillLeavesTheChildAndKillTreeLeavesNothing) {
  EXPECT_EQ(OnStage(Shell(kWithChild),
                    [](Stage& stage) {
                      Instance& instance = Started(stage);
                      stage.Kill(instance);
                      return AllGone(stage, instance);
                    }),
            "something is left");
  EXPECT_EQ(OnStage(Shell(kWithChild),
                    [](Stage& stage) {
                      Instance& instance = Started(stage);
                      stage.KillTree(instance);
                      return AllGone(stage, instance);
                    }),
            "all gone");
}

TEST(StageTest, TerminateAllReachesTheChildOfADaemonToo) {
  EXPECT_EQ(OnStage(Shell("sh -c 'sleep 1000 & echo started; wait' &"),
                    [](Stage& stage) {
                      Instance& instance = Started(stage);
                      stage.TerminateAll(instance);
                      return AllGone(stage, instance);
                    }),
            "all gone");
}

TEST(StageTest, WaitEndsAtItsBound) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) -> std::string {
                      const auto began = std::chrono::steady_clock::now();
                      const bool met = stage.WaitUntil([] { return false; }, milliseconds(20));
                      const auto took = std::chrono::steady_clock::now() - began;
                      return !met && took >= milliseconds(20) ? "at the bound" : "before it";
                    }),
            "at the bound");
}

TEST(StageTest, NeedRunsInTheFolderBeforeTheFirstStart) {
  Target target = NoServer();
  target.needs = {"echo ready > {dir}/need; exec sleep 1000"};
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) -> std::string {
                      const std::string file = stage.folder() + "/need";
                      const auto is_there = [&] { return std::filesystem::exists(file); };
                      return stage.WaitUntil(is_there, Stage::kSettleBound) ? "runs" : "does not";
                    }),
            "runs");
}

TEST(StageTest, PortIsTheTargetsAndAnotherOneIsFree) {
  Target target = NoServer();
  target.port = 8767;
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) -> std::string {
                      const int other = stage.OtherPort();
                      if (stage.world().full && stage.port() != 8767) return "another port";
                      return other != stage.port() && other != stage.OtherPort() ? "two" : "one";
                    }),
            "two");
}

}  // namespace
}  // namespace pidfall
