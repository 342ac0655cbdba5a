#include "harness/tracer/process_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <string>

namespace pidfall {
namespace {

constexpr std::chrono::seconds kBound{10};

Child StartHeld(const std::string& script) {
  return Launch({.command = {"/bin/sh", "-c", script},
                 .before_exec = [] { ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }});
}

// How often each call returned, by its number.
std::map<long, int> RunToEnd(ProcessTree& tree) {
  std::map<long, int> returned;
  while (const auto stop = tree.Next(kBound)) {
    if (stop->returned) ++returned[stop->call.number];
    tree.Resume(stop->thread);
  }
  return returned;
}

TEST(ProcessTree, FollowsForksAndExecsToTheEnd) {
  const Child child = StartHeld("/bin/true; (exit 3) & wait $!; exec /bin/sh -c 'exit 7'");
  ProcessTree tree(child.pid);
  const auto returned = RunToEnd(tree);
  EXPECT_TRUE(tree.IsOver());
  ASSERT_TRUE(tree.ending());
  EXPECT_EQ(tree.ending()->status, 7);
  EXPECT_GE(returned.at(SYS_execve), 2);  // true's and the second shell's
}

TEST(ProcessTree, HandsSignalsOn) {
  const Child child = StartHeld("trap 'exit 5' TERM; kill -TERM $$; exit 1");
  ProcessTree tree(child.pid);
  RunToEnd(tree);
  ASSERT_TRUE(tree.ending());
  EXPECT_EQ(tree.ending()->status, 5);
}

// A file that this process has locked.
std::string Locked() {
  static const std::string kPath =
      testing::TempDir() + "process-tree-test-" + std::to_string(getpid());
  static const UniqueFd kFile = OpenFile(kPath, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  flock(kFile.get(), LOCK_EX);
  return kPath;
}

// Runs it until none of its processes runs any more.
void RunToRest(ProcessTree& tree) {
  while (!tree.IsOver()) {
    if (const auto stop = tree.Next(std::chrono::milliseconds(1))) {
      tree.Resume(stop->thread);
    } else if (tree.Sleeps()) {
      return;
    }
  }
}

TEST(ProcessTree, TellsASleepWithATimeoutFromASleepWithoutOne) {
  const Child timed = StartHeld("exec sleep 60");
  ProcessTree timed_tree(timed.pid);
  RunToRest(timed_tree);
  EXPECT_FALSE(timed_tree.SleepsForGood());
  const Child waits = StartHeld("exec flock " + Locked() + " true");
  ProcessTree waits_tree(waits.pid);
  RunToRest(waits_tree);
  EXPECT_TRUE(waits_tree.SleepsForGood());
}

TEST(ProcessTree, KillsEveryProcessOfAStart) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // like the sandbox's director: we must collect orphans
  const Child child = StartHeld("sleep 60 & (sleep 60 & wait) & wait");
  ProcessTree tree(child.pid);
  while (tree.Processes().size() < 4) {
    const auto stop = tree.Next(kBound);
    ASSERT_TRUE(stop);
    tree.Resume(stop->thread);
  }
  const auto all = tree.Processes();
  tree.Kill();
  EXPECT_TRUE(tree.IsOver());
  EXPECT_EQ(tree.ending()->signal, SIGKILL);
  for (const pid_t pid : all) EXPECT_NE(kill(pid, 0), 0) << pid;
}

}  // namespace
}  // namespace pidfall
