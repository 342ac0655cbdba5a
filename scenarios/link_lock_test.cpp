// Servers whose lock is a symlink with the owner's pid in its text, as editors and mail readers do.
// Its making is atomic, content and all; breaking that of a dead owner is not.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/catalogue.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

constexpr char kBegin[] =
    "import fcntl, os, signal, sys\n"
    "link = sys.argv[1]\n";
constexpr char kGate[] =
    "gate = os.open(link + '.gate', os.O_RDWR | os.O_CREAT)\n"
    "fcntl.flock(gate, fcntl.LOCK_EX)\n";
constexpr char kTake[] =
    "def lives(pid):\n"
    "  try: return pid != os.getpid() and b'signal.pause' in "
    "open(f'/proc/{pid}/cmdline','rb').read()\n"
    "  except OSError: return False\n"
    "while True:\n"
    "  try:\n"
    "    os.symlink(str(os.getpid()), link)\n"
    "    break\n"
    "  except FileExistsError: pass\n"
    "  try:\n"
    "    pid = int(os.readlink(link))\n"
    "    if lives(pid): sys.exit(f'pid {pid} runs')\n"
    "    os.unlink(link)\n"
    "  except FileNotFoundError: pass\n";
constexpr char kRelease[] = "os.close(gate)\n";

constexpr char kDuringStartUp[] = "duplicate/during-start-up";

Result Judge(std::string_view scenario, const std::string& script,
             std::optional<int> duplicate_exit = {}) {
  const Target target{
      .command = {"/usr/bin/python3", "-c", script + "signal.pause()", "{dir}/lock"},
      .guard_files = {"lock"},
      .pid_link = "lock",
      .duplicate_exit = duplicate_exit};
  return RunCase(*FindScenario(scenario), target);
}

TEST(LinkLockTest, ADeadOwnersLinkThatTwoStartsRemoveMakesTwoOwners) {
  const Result result = Judge(kDuringStartUp, std::string(kBegin) + kTake);
  EXPECT_EQ(result.verdict, Verdict::kFail) << Account(result);
  EXPECT_NE(result.summary.find("before either removed lock"), std::string::npos)
      << Account(result);
}

TEST(LinkLockTest, ADeadOwnersLinkThatIsRemovedUnderALockMakesOne) {
  const Result result = Judge(kDuringStartUp, std::string(kBegin) + kGate + kTake + kRelease);
  EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
}

// A start that finds the link made meanwhile by another one has not passed its check.
void ExpectEndedByLink(std::string_view scenario, const std::string& how) {
  const Result result = Judge(scenario,
                              std::string(kBegin) +
                                  "if os.path.lexists(link): sys.exit(0)\n"
                                  "os.symlink(str(os.getpid()), link)\n",
                              0);
  EXPECT_EQ(result.verdict, Verdict::kFail) << Account(result);
  EXPECT_NE(result.summary.find(how + ": a duplicate ended with status 1"), std::string::npos)
      << Account(result);
}

constexpr char kAskKill[] =
    "try: os.symlink(str(os.getpid()), link)\n"
    "except FileExistsError:\n"
    "  pid = int(os.readlink(link))\n"
    "  try:\n"
    "    if pid != os.getpid(): os.kill(pid, 0); sys.exit(f'pid {pid} runs')\n"
    "  except ProcessLookupError: pass\n"
    "  os.unlink(link); os.symlink(str(os.getpid()), link)\n";

TEST(LinkLockTest, AStrangerWithThePidInTheLinkKeepsTheServerDown) {
  const Result result = Judge("pid-reuse/stranger", std::string(kBegin) + kAskKill);
  EXPECT_EQ(result.verdict, Verdict::kFail) << Account(result);
  EXPECT_NE(result.summary.find("although the pid in the symlink is a stranger's by now"),
            std::string::npos)
      << Account(result);
}

TEST(LinkLockTest, AThreadWithThePidInTheLinkKeepsTheServerDown) {
  EXPECT_EQ(Judge("pid-reuse/thread-id", std::string(kBegin) + kAskKill).verdict, Verdict::kFail);
}

TEST(LinkLockTest, AServerThatTakesItsOwnPidInTheLinkForItselfServes) {
  const Result result = Judge("pid-reuse/own-pid", std::string(kBegin) + kAskKill);
  EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
}

TEST(LinkLockTest, AStrangerDoesNotMatterWhereALockDecides) {
  const Result result =
      Judge("pid-reuse/stranger",
            std::string(kBegin) +
                "gate = os.open(link + '.gate', os.O_RDWR | os.O_CREAT)\n"
                "try: fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
                "except BlockingIOError: sys.exit('pid ' + os.readlink(link) + ' runs')\n"
                "if os.path.lexists(link): os.unlink(link)\n"
                "os.symlink(str(os.getpid()), link)\n");
  EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
}

TEST(LinkLockTest, AStartThatAnothersLinkEndsHasNotPassedItsCheck) {
  ExpectEndedByLink(kDuringStartUp, "before it created lock");
  ExpectEndedByLink("duplicate/eight-at-once", "eight starts in lock step");
}

}  // namespace
}  // namespace pidfall
