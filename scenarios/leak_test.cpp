// The harness leaves no process, no mount and no file behind when SIGKILL ends it at any moment. A
// namespace lives as long as one of these, or a descriptor, holds it: it goes with them.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/kernel/process.h"
#include "harness/process/program_folder.h"
#include "harness/sandbox/sandbox.h"
#include "scenarios/program.h"

namespace pidfall {
namespace {

using std::chrono::milliseconds;

constexpr int kMoments = 20;
constexpr Duration kEndBound = std::chrono::seconds(10);

std::string Mounts() { return ReadFile("/proc/self/mountinfo"); }

std::string NameOf(pid_t pid) {
  const auto info = ReadProcess(pid);
  return info ? info->program + " (" + std::to_string(pid) + ", " + info->state + ")" : "";
}

// We are the parent of orphans. Empty when all of them have ended in time.
std::string AwaitOrphans() {
  for (std::vector<ProcessInfo> left; !(left = Descendants(getpid())).empty();) {
    const pid_t pid = left.front().pid;
    const Child orphan{pid, UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)))};
    if (orphan.pidfd && !WaitForEnd(orphan, kEndBound)) return NameOf(orphan.pid);
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
  return "";
}

// In any namespace, with any parent.
std::string Marked(const std::string& mark) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const pid_t pid = std::stoi(name);
    if (pid != getpid() && InitialVariable(pid, "PIDFALL_LEAK_TEST") == mark) found += NameOf(pid);
  }
  return found;
}

// Stops the directors, the children of the sandboxes' first processes: a story that is stopped
// cannot end by itself soon afterwards and look like one that was ended.
void StopStories(pid_t harness) {
  for (const ProcessInfo& process : Descendants(harness)) {
    const auto parent = ReadProcess(process.parent);
    if (parent && parent->parent == harness) kill(process.pid, SIGSTOP);
  }
}

using Words = std::vector<std::string>;

void KillAt(Duration moment, const Words& command, const std::string& sandbox) {
  const std::string folder = MakeFolder();
  const std::string mark = std::to_string(getpid());
  const std::string mounts = Mounts();
  const Child harness = StartPidfall(
      command, {"TMPDIR=" + folder, "PIDFALL_SANDBOX=" + sandbox, "PIDFALL_LEAK_TEST=" + mark}, -1);
  WaitForEnd(harness, moment);
  StopStories(harness.pid);
  SendSignal(harness, SIGKILL);
  Reap(harness);
  EXPECT_EQ(AwaitOrphans(), "") << "lives on";
  EXPECT_EQ(Marked(mark), "") << "lives on, out of reach";
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << folder;
  EXPECT_EQ(Mounts(), mounts);
  std::filesystem::remove_all(folder);
}

void KillAtMoments(milliseconds apart, const Words& command, const std::string& sandbox) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (int i = 0; i < kMoments && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("killed after " + std::to_string((i * apart).count()) + " ms");
    KillAt(i * apart, command, sandbox);
  }
}

void KillRuns(const std::string& sandbox) {
  constexpr milliseconds kApart{7};
  KillAtMoments(kApart,
                {"run", "--guard", "reference", "--guard", "pidfile", "--scenario", "duplicate/*",
                 "--scenario", "kill9/*", "--scenario", "ownership/*"},
                sandbox);
}

// The machine's view and the probing start come first; by the last of these many starts are over.
constexpr milliseconds kFurtherApart{25};

TEST(LeakTest, AKilledHarnessLeavesNothingOfAFullSandbox) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  KillRuns("full");
}

TEST(LeakTest, AKilledHarnessLeavesNothingOfAPlainSandbox) { KillRuns("plain"); }

TEST(LeakTest, AKilledCheckLeavesNothing) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const std::string server = ProgramFolder() + "/serve-task-manager";
  KillAtMoments(kFurtherApart,
                {"check", "--scenario", "duplicate/*", "--", server, "--guard", "reference"},
                "full");
}

TEST(LeakTest, AKilledSimulationLeavesNothing) {
  KillAtMoments(kFurtherApart, {"incident", "run", "2025-12-22-port-conflict"},
                FullSandboxWorks() ? "full" : "plain");
}

}  // namespace
}  // namespace pidfall
