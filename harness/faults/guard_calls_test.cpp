#include "harness/faults/guard_calls.h"

#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

TEST(GuardCallTest, SaysWhenInTheWordsOfAStory) {
  const GuardCall rename{.kind = GuardCall::kReplace, .object = "x.new,x.pid", .returned = true};
  EXPECT_EQ(rename.When(), "after it renamed x.new to x.pid");
  EXPECT_EQ((GuardCall{.kind = GuardCall::kCreate, .object = "."}.When()),
            "before it created the pid file's folder");
  EXPECT_EQ((GuardCall{.kind = GuardCall::kLook, .object = "x.pid"}.When()),
            "before it looked at x.pid");
}

TEST(GuardCallTest, AnotherProcessIsNoSafeguard) {
  EXPECT_TRUE((GuardCall{.object = "x.pid"}.Touches()));
  EXPECT_FALSE((GuardCall{.object = "/proc/31/stat"}.Touches()));
  EXPECT_FALSE((GuardCall{.object = "another program"}.Touches()));
}

// The changes that a start makes to its files, in their order.
std::string ChangesOf(Stage& stage) {
  Instance& start = stage.Start({.held = true});
  CallStepper stepper = CallStepper::ForHeld(start.pid());
  GuardCalls calls(stage, start);
  std::string all;
  const auto note = [&](const Call& call) {
    const auto now = calls.See(call);
    if (now && now->Changes() && now->returned) all += now->When() + "\n";
    return false;
  };
  const auto has_ended = [&] {
    stage.Update();
    return start.ended();
  };
  stepper.RunUntil(note, has_ended, Stage::kSettleBound);
  stepper.Release();
  return all;
}

TEST(GuardCallsTest, AreSeenInTheStartAndInItsHelpers) {
  const Target target = {
      .command = {"/bin/sh", "-c", "echo 1 > {pid_file}; rm {pid_file}; echo 2 > {dir}/../other"},
      .pid_file = "{pid_file}"};
  EXPECT_EQ(OnStage(target, ChangesOf),
            "after it created server.pid\n"
            "after it wrote server.pid\n"
            "after it removed server.pid\n");
}

TEST(GuardCallsTest, AFileThatIsCutIsNotEmptied) {
  const Target target = {
      .command = {"/usr/bin/perl", "-e", "open F, '+>', $ARGV[0]; truncate F, 4; truncate F, 0",
                  "{pid_file}"},
      .pid_file = "{pid_file}"};
  EXPECT_EQ(OnStage(target, ChangesOf),
            "after it created server.pid\n"
            "after it wrote server.pid\n"
            "after it emptied server.pid\n");
}

TEST(GuardCallsTest, AFileWhoseNameHoldsThePidHasItsOwnName) {
  const Target target = {.command = {"/bin/sh", "-c", "echo 1 > {pid_file}.$$; rm {pid_file}.$$"},
                         .pid_file = "{pid_file}"};
  const std::string changes = OnStage(target, ChangesOf);
  EXPECT_EQ(changes.find("{pid}"), std::string::npos) << changes;
  EXPECT_NE(changes.find("after it wrote server.pid."), std::string::npos) << changes;
}

}  // namespace
}  // namespace pidfall
