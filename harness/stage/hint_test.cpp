#include "harness/stage/hint.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pidfall {
namespace {

using std::chrono::seconds;

TEST(HintedCommand, LightBulbOrTryGivesWhatFollowsTheLastColon) {
  EXPECT_EQ(HintedCommand("ℹ️  X already running (PID 7)\n💡 If stuck, kill it: kill 7\n"),
            "kill 7");
  EXPECT_EQ(HintedCommand("Port 1 is in use\nTry: lsof -ti :1 | xargs kill\n"),
            "lsof -ti :1 | xargs kill");
}

TEST(HintedCommand, MessageWithoutAHintIsEmpty) {
  EXPECT_EQ(HintedCommand("Error: address in use\nbye: 1\n"), "");
  EXPECT_EQ(HintedCommand("💡 ask your administrator\n"), "");
  EXPECT_EQ(HintedCommand(""), "");
}

TEST(RunInShell, CommandThatEndsGivesItsStatusAndOutput) {
  const Shelled done = RunInShell("echo out; echo err >&2; exit 3", seconds(5));
  EXPECT_EQ(done.ending.status, 3);
  EXPECT_EQ(done.output, "out\nerr\n");
  EXPECT_FALSE(done.lacks_a_program());
}

TEST(RunInShell, WhatIsLeftInTheBackgroundEndsWithTheCommand) {
  const std::string told = RunInShell("(sleep 9; echo late) & echo $!", seconds(5)).output;
  EXPECT_EQ(told.find("late"), std::string::npos) << told;
  const pid_t left = std::stoi(told);
  const Child child{left, UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, left, 0)))};
  EXPECT_TRUE(!child.pidfd || WaitForEnd(child, seconds(5)));
}

TEST(RunInShell, WhatLeftTheGroupIsNotWaitedFor) {
  const std::string leaves = "setsid sh -c '(sleep 3; echo late) &'; ";
  EXPECT_EQ(RunInShell(leaves + "echo out", seconds(5)).output, "out\n");
  EXPECT_EQ(RunInShell(leaves, seconds(5)).output, "");
}

TEST(RunInShell, MissingProgramIsSaid) {
  EXPECT_TRUE(RunInShell("no-such-program-anywhere", seconds(5)).lacks_a_program());
}

TEST(RunInShell, CommandThatRunsOnIsEndedWithAllItStarted) {
  const Shelled done = RunInShell("cat /dev/zero >/dev/null | cat", std::chrono::milliseconds(20));
  EXPECT_EQ(done.ending.signal, SIGKILL);
}

}  // namespace
}  // namespace pidfall
