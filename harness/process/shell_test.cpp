#include "harness/process/shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pidfall {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

TEST(ShellTest, CommandThatEndsGivesItsStatusAndOutput) {
  const ShellRun run = RunInShell("echo out; echo err >&2; exit 3", seconds(5));
  EXPECT_TRUE(run.ended_by_itself);
  EXPECT_EQ(run.ending.status, 3);
  EXPECT_EQ(run.output, "out\nerr\n");
}

TEST(ShellTest, ProcessInTheBackgroundEndsWithTheCommand) {
  const std::string output = RunInShell("(sleep 9; echo late) & echo $!", seconds(5)).output;
  EXPECT_THAT(output, Not(HasSubstr("late")));
  const pid_t left = std::stoi(output);
  const Child child{left, UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, left, 0)))};
  EXPECT_TRUE(!child.pidfd || WaitForEnd(child, seconds(5)));
}

TEST(ShellTest, ProcessThatLeftTheGroupIsNotWaitedFor) {
  const std::string leaves = "setsid sh -c '(sleep 3; echo late) &'; ";
  EXPECT_EQ(RunInShell(leaves + "echo out", seconds(5)).output, "out\n");
  EXPECT_EQ(RunInShell(leaves, seconds(5)).output, "");
}

TEST(ShellTest, MissingProgramIsReported) {
  EXPECT_THAT(RunInShell("no-such-program-anywhere", seconds(5)).output, HasSubstr("not found"));
}

TEST(ShellTest, CommandThatRunsOnIsEndedWithItsProcesses) {
  const ShellRun run = RunInShell("cat /dev/zero >/dev/null | cat", std::chrono::milliseconds(20));
  EXPECT_FALSE(run.ended_by_itself);
  EXPECT_EQ(run.ending.signal, SIGKILL);
}

TEST(ShellTest, MoreOutputThanAPipeHoldsDoesNotBlockTheCommand) {
  const ShellRun run = RunInShell("head -c 1000000 /dev/zero; echo last", seconds(5));
  EXPECT_TRUE(run.ended_by_itself);
  EXPECT_EQ(run.output.size(), 65536U);
}

}  // namespace
}  // namespace pidfall
