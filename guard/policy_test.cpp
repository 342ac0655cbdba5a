#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
constexpr int kDuplicate = 75;
constexpr useconds_t kAlarmMicroseconds = 10'000;

class PolicyTest : public testing::Test {
 protected:
  Options With(OnDuplicate on_duplicate) const {
    Options options = ForFile(pid_file_);
    options.on_duplicate = on_duplicate;
    return options;
  }

  int Hold(const Signals& signals) const {
    Instance instance = Acquire(ForFile(pid_file_));
    signals.Ready();
    signals.Wait();
    instance.Release();
    return 0;
  }

  int StandBy(const Signals& signals, Options options) const {
    options.before_waiting = [&](const Owner&) { signals.Ready(); };
    const Instance instance = Acquire(options);
    if (instance) signals.Send('a');
    signals.Wait();
    return static_cast<int>(instance.outcome());
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
};

TEST_F(PolicyTest, WaitTakesOverWhenTheOwnerIsKilled) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  Child standby([&](const Signals& signals) { return StandBy(signals, With(OnDuplicate::kWait)); });
  standby.WaitReady();
  owner.Kill();
  EXPECT_EQ(standby.Receive(), 'a');
  EXPECT_EQ(Read(pid_file_), std::to_string(standby.pid()) + "\n");
}

TEST_F(PolicyTest, WaitTakesOverWhenTheOwnerReleases) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  Child standby([&](const Signals& signals) { return StandBy(signals, With(OnDuplicate::kWait)); });
  standby.WaitReady();
  owner.Go();
  EXPECT_EQ(standby.Receive(), 'a');
  EXPECT_EQ(owner.Join(), 0);
}

// Sabotage at the worst moment: the file that the waiter then locks has no name any more, and keeps
// nobody out. The waiter says again that it waits, now for the owner of the new file.
TEST_F(PolicyTest, AWaiterWhoseLockFileWasRemovedDoesNotTakeOver) {
  Child first([&](const Signals& signals) { return Hold(signals); });
  first.WaitReady();
  Child standby([&](const Signals& signals) { return StandBy(signals, With(OnDuplicate::kWait)); });
  standby.WaitReady();
  unlink((pid_file_ + ".lock").c_str());
  unlink(pid_file_.c_str());
  Instance second = Acquire(With(OnDuplicate::kExit));
  ASSERT_TRUE(second);
  first.Kill();
  EXPECT_EQ(standby.Receive(), 'r');
  second.Release();
  EXPECT_EQ(standby.Receive(), 'a');
}

// The lock file is gone, yet the pid file names a live process of this program.
TEST_F(PolicyTest, AnOwnerWhoseLockFileAloneWasRemovedIsStillKnown) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  unlink((pid_file_ + ".lock").c_str());
  const Instance second = Acquire(With(OnDuplicate::kExit));
  EXPECT_EQ(second.outcome(), Outcome::kBusy);
  EXPECT_EQ(second.owner().pid, owner.pid());
}

TEST_F(PolicyTest, TheNextWaiterTakesOverWhenTheFirstIsKilled) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  auto stand_by = [&](const Signals& signals) {
    return StandBy(signals, With(OnDuplicate::kWait));
  };
  Child first(stand_by);
  Child second(stand_by);
  first.WaitReady();
  second.WaitReady();
  owner.Kill();
  // Either of them may have the lock: ending it lets the other in.
  first.Kill();
  EXPECT_EQ(second.Receive(), 'a');
}

TEST_F(PolicyTest, WaitingEndsAtItsDeadlineAndHoldsNothing) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  Options options = With(OnDuplicate::kWait);
  options.patience = milliseconds(50);
  EXPECT_EQ(Acquire(options).outcome(), Outcome::kBusy);
  owner.Kill();
  EXPECT_TRUE(Acquire(With(OnDuplicate::kExit)));
}

TEST_F(PolicyTest, WaitingWithADeadlineTakesOverBefore) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  Options options = With(OnDuplicate::kWait);
  options.patience = std::chrono::seconds(20);
  Child standby([&](const Signals& signals) { return StandBy(signals, options); });
  standby.WaitReady();
  owner.Kill();
  EXPECT_EQ(standby.Receive(), 'a');
}

TEST_F(PolicyTest, AHandledSignalEndsTheWaiting) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  Child standby([&](const Signals& signals) {
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    sigaction(SIGTERM, &action, nullptr);
    return StandBy(signals, With(OnDuplicate::kWait));
  });
  standby.WaitReady();
  standby.Go();
  int status = 0;
  // A signal between the announcement and the wait is lost; so it is sent until it acts.
  while (waitpid(standby.pid(), &status, WNOHANG) == 0) {
    kill(standby.pid(), SIGTERM);
    std::this_thread::yield();
  }
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(Outcome::kInterrupted));
}

TEST_F(PolicyTest, AStandbyEndedByASignalIsExplainedAsACleanEnd) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  Options options = With(OnDuplicate::kWait);
  options.patience = std::chrono::seconds(20);
  // Again and again: a signal that comes before the wait is lost.
  options.before_waiting = [](const Owner&) { ualarm(kAlarmMicroseconds, kAlarmMicroseconds); };
  signal(SIGALRM, [](int) {});
  const Instance instance = Acquire(options);
  ualarm(0, 0);
  testing::internal::CaptureStdout();
  EXPECT_EQ(Explain(instance, kDuplicate), 0);
  const std::string words = testing::internal::GetCapturedStdout();
  EXPECT_THAT(words, HasSubstr("a signal ended the waiting"));
  EXPECT_THAT(words, Not(HasSubstr("Cannot")));
}

TEST_F(PolicyTest, TakeOverEndsAVerifiedOwner) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  const pid_t pid = owner.pid();  // Join forgets it
  bool asked = false;
  Options options = With(OnDuplicate::kTakeOver);
  options.ask = [&](const Owner& at) { asked = at.pid == pid; };
  std::thread reaper([&] { EXPECT_EQ(owner.Join(), 128 + SIGTERM); });
  EXPECT_TRUE(Acquire(options));
  reaper.join();
  EXPECT_TRUE(asked);
}

TEST_F(PolicyTest, TakeOverOfAnOwnerThatWillNotEndGivesUp) {
  Child owner([&](const Signals& signals) {
    signal(SIGTERM, SIG_IGN);
    return Hold(signals);
  });
  owner.WaitReady();
  Options options = With(OnDuplicate::kTakeOver);
  options.patience = milliseconds(50);
  EXPECT_EQ(Acquire(options).outcome(), Outcome::kBusy);
}

TEST_F(PolicyTest, AutoWaitsUnderASupervisorAndEndsForAPerson) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  unsetenv("XPC_SERVICE_NAME");
  EXPECT_EQ(Acquire(With(OnDuplicate::kAuto)).outcome(), Outcome::kBusy);
  setenv("XPC_SERVICE_NAME", "com.example.server", 1);
  Options options = With(OnDuplicate::kAuto);
  bool waited = false;
  options.patience = milliseconds(20);
  options.before_waiting = [&](const Owner&) { waited = true; };
  EXPECT_EQ(Acquire(options).outcome(), Outcome::kBusy);
  EXPECT_TRUE(waited);
  unsetenv("XPC_SERVICE_NAME");
}

TEST_F(PolicyTest, AStoppedOwnerIsStillTheOwner) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  kill(owner.pid(), SIGSTOP);
  const Instance second = Acquire(With(OnDuplicate::kExit));
  EXPECT_EQ(second.outcome(), Outcome::kBusy);
  EXPECT_TRUE(second.owner().verified);
}

// Its main thread has ended, its workers serve on: /proc calls it a zombie.
TEST_F(PolicyTest, AnOwnerWithADeadMainThreadIsStillTheOwner) {
  Child owner([&](const Signals& signals) {
    auto* instance = new Instance(Acquire(ForFile(pid_file_)));
    std::thread([=] {
      signals.Ready();
      signals.Wait();
      delete instance;
    }).detach();
    syscall(SYS_exit, 0);  // this thread alone, and without unwinding the test
    return 0;
  });
  owner.WaitReady();
  const Instance second = Acquire(With(OnDuplicate::kExit));
  EXPECT_EQ(second.outcome(), Outcome::kBusy);
  EXPECT_EQ(second.owner().pid, owner.pid());
  EXPECT_TRUE(second.owner().verified);
}

}  // namespace
}  // namespace pidfall::guard
