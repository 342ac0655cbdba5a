#include "harness/stage/chronicle.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "harness/stage/safeguard_files.h"
#include "harness/stage/settle.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// Serves by staying. With "lock" in its arguments it holds a lock on the file before that word.
constexpr char kStayingServer[] = R"(
echo $$ > "$1"
[ "$3" != lock ] || { exec 9> "$2"; flock 9; }
exec sleep 1000
)";

Target StayingServer(const std::string& lock = "") {
  Target target{
      .command = {"/bin/sh", "-c", kStayingServer, "server", "{pid_file}", "{dir}/own.lock"},
      .pid_file = "{pid_file}"};
  if (lock.empty()) return target;
  target.command.push_back(lock);
  target.guard_files = {"own.lock"};
  target.file_has_pid = false;
  return target;
}

std::string Words(const StoryTimes::Lane& lane) {
  std::string words = lane.name + ":";
  for (const auto& bar : lane.bars) words += ' ' + bar.phase;
  for (const auto& mark : lane.marks) words += ' ' + mark.what;
  for (const auto& end : lane.ends) words += ' ' + std::to_string(end.status);
  return words;
}

std::string Words(Stage& stage) {
  std::string words;
  for (const auto& lane : stage.evidence().chronicle().Times(stage).lanes) {
    words += (words.empty() ? "" : ", ") + Words(lane);
  }
  return words;
}

const StoryTimes::Bar* ServingBar(const StoryTimes::Lane& lane) {
  for (const auto& bar : lane.bars) {
    if (bar.phase == "serves") return &bar;
  }
  return nullptr;
}

TEST(ChronicleTest, AStartStartsServesHoldsTheGuardAndEnds) {
  EXPECT_EQ(OnStage(StayingServer(),
                    [](Stage& stage) {
                      stage.Kill(stage.StartOwner());
                      return Words(stage);
                    }),
            "A: starting serves guard SIGKILL -9");
}

TEST(ChronicleTest, TheHolderOfTheSafeguardsLockHoldsTheGuard) {
  const auto story = [](Stage& stage) {
    stage.StartOwner();
    return Words(stage);
  };
  EXPECT_EQ(OnStage(StayingServer("lock"), story), "A: starting serves guard");
  EXPECT_EQ(OnStage(StayingServer("none"), story), "A: starting serves");
}

TEST(ChronicleTest, WithTheNextOneInThePidFileTheFirstHoldsTheGuardNoMore) {
  EXPECT_EQ(OnStage(StayingServer(),
                    [](Stage& stage) -> std::string {
                      stage.StartOwner();
                      stage.StartOwner();
                      const StoryTimes times = stage.evidence().chronicle().Times(stage);
                      const auto& first = times.lanes.at(0).bars.back();
                      const auto& second = times.lanes.at(1).bars.back();
                      if (first.phase != "guard" || second.phase != "guard") return Words(stage);
                      return first.to_s <= second.from_s ? "one" : "both";
                    }),
            "one");
}

TEST(ChronicleTest, OnlyOwnersThatServeTogetherOverlap) {
  const auto story = [](Stage& stage, bool kill) -> std::string {
    Instance& first = stage.StartOwner();
    if (kill) stage.Kill(first);
    stage.StartOwner();
    const StoryTimes times = stage.evidence().chronicle().Times(stage);
    const auto *one = ServingBar(times.lanes.at(0)), *two = ServingBar(times.lanes.at(1));
    if (one == nullptr || two == nullptr) return "not both served";
    return one->to_s > two->from_s ? "together" : "one after the other";
  };
  EXPECT_EQ(OnStage(StayingServer(), [&](Stage& stage) { return story(stage, false); }),
            "together");
  EXPECT_EQ(OnStage(StayingServer(), [&](Stage& stage) { return story(stage, true); }),
            "one after the other");
}

TEST(ChronicleTest, FaultsAndStrangersHaveLanes) {
  EXPECT_EQ(OnStage(StayingServer(),
                    [](Stage& stage) {
                      stage.StartBystander({.pid = 0});
                      stage.Did("write a file");
                      const std::string words = Words(stage);
                      return words.substr(0, 9) + words.substr(words.find(')'));
                    }),
            "bystander): stranger, faults: write a file");
}

TEST(ChronicleTest, MutedStartsHaveNoLane) {
  EXPECT_EQ(OnStage(StayingServer(),
                    [](Stage& stage) {
                      const Evidence::Muted muted(stage.evidence());
                      stage.StartOwner();
                      return Words(stage);
                    }),
            "");
}

TEST(ChronicleTest, EachLineOfTheEvidenceHasItsTime) {
  EXPECT_EQ(OnStage(StayingServer(),
                    [](Stage& stage) -> std::string {
                      stage.StartOwner();
                      const StoryTimes times = stage.evidence().chronicle().Times(stage);
                      if (times.lines_s.size() != stage.evidence().lines().size()) return "not all";
                      return times.lines_s.front() <= times.lines_s.back() ? "in order" : "mixed";
                    }),
            "in order");
}

TEST(ChronicleTest, ASimulationStandsForItsProcesses) {
  EXPECT_EQ(OnStage(StayingServer(),
                    [](Stage& stage) {
                      stage.StartOwner();
                      stage.evidence().chronicle().Replace(
                          {.duration_s = 600, .lanes = {{"agent", {}, {}, {}}}});
                      return Words(stage);
                    }),
            "agent:");
}

}  // namespace
}  // namespace pidfall
