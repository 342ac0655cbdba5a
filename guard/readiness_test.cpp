// The news of a copy that the service manager, the ready file and a probe get, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "guard/copy_state.h"
#include "guard/guard.h"
#include "guard/query.h"
#include "guard/ready_file.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReadinessTest : public testing::Test {
 protected:
  Options With(ReadyWhen ready_when) const {
    Options options = ForFile(pid_file_);
    options.ready_when = ready_when;
    options.ready_file = ready_file_;
    return options;
  }

  Options Waiting(ReadyWhen ready_when) const {
    Options options = With(ready_when);
    options.on_duplicate = OnDuplicate::kWait;
    options.ready_file = waiting_ready_file_;
    return options;
  }

  int Hold(const Signals& signals, const Options& options) const {
    Instance instance = Acquire(options);
    signals.Ready();
    signals.Wait();
    instance.Release();
    return 0;
  }

  // Sends 'r' once it is the owner, and stays until it is told to end.
  static int StandBy(const Signals& signals, const Options& options) {
    Instance instance = Acquire(options);
    signals.Ready();
    signals.Wait();
    return instance ? 0 : 1;
  }

  CopyState StateOf(pid_t pid) const { return AskCopy(pid_file_, pid).state; }

  // Only the kernel's list shows the moment when it blocks, and that list has no event.
  void AwaitBlocked(pid_t pid) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (StandingBy(pid_file_) != std::vector<pid_t>{pid}) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
  std::string ready_file_ = folder_.path("ready");
  std::string waiting_ready_file_ = folder_.path("waiting-ready");
  ServiceManager manager_{folder_.path("socket")};
};

TEST_F(ReadinessTest, UntoldSaysOnlyWhetherItIsTheOwner) {
  const Instance instance = Acquire(With(ReadyWhen::kUntold));
  EXPECT_EQ(manager_.Receive(), "STATUS=Owner");
  EXPECT_FALSE(fs::exists(ready_file_));
  EXPECT_EQ(StateOf(getpid()), CopyState::kOwner);
}

TEST_F(ReadinessTest, AServerIsStartingUntilItSaysThatItServes) {
  Instance instance = Acquire(With(ReadyWhen::kServing));
  EXPECT_EQ(manager_.Receive(), "STATUS=Owner, starting");
  EXPECT_FALSE(fs::exists(ready_file_));
  EXPECT_EQ(StateOf(getpid()), CopyState::kStarting);
  EXPECT_EQ(Ask(pid_file_).run_state, RunState::kStarting);
  EXPECT_TRUE(instance.Ready());
  EXPECT_EQ(manager_.Receive(), "READY=1\nSTATUS=Owner, ready");
  EXPECT_TRUE(fs::exists(ready_file_));
  EXPECT_EQ(StateOf(getpid()), CopyState::kOwner);
  EXPECT_EQ(Ask(pid_file_).run_state, RunState::kReady);
  instance.Release();
  EXPECT_FALSE(fs::exists(ready_file_));
  EXPECT_FALSE(instance.Ready()) << "it has let go";
  EXPECT_FALSE(manager_.HasMore());
}

TEST_F(ReadinessTest, AnOwnerMayBeReadyAtOnce) {
  const Instance instance = Acquire(With(ReadyWhen::kOwner));
  EXPECT_EQ(manager_.Receive(), "READY=1\nSTATUS=Owner");
  EXPECT_TRUE(fs::exists(ready_file_));
  EXPECT_EQ(StateOf(getpid()), CopyState::kOwner);
}

TEST_F(ReadinessTest, StandingByIsNotReadyUnlessAsked) {
  const Instance owner = Acquire(With(ReadyWhen::kOwner));
  manager_.Receive();
  const std::string status = "STATUS=Standing by for PID " + std::to_string(getpid());
  for (const ReadyWhen when : {ReadyWhen::kServing, ReadyWhen::kOwner, ReadyWhen::kStandingBy}) {
    Write(waiting_ready_file_, "left by a run that was killed");
    Child standby([&](const Signals& signals) { return StandBy(signals, Waiting(when)); });
    const bool ready = when == ReadyWhen::kStandingBy;
    EXPECT_EQ(manager_.Receive(), ready ? "READY=1\n" + status : status);
    EXPECT_EQ(fs::exists(waiting_ready_file_), ready);
    AwaitBlocked(standby.pid());
    EXPECT_EQ(StateOf(standby.pid()), CopyState::kStandingBy);
    EXPECT_EQ(StateOf(getpid()), CopyState::kOwner);
    EXPECT_TRUE(fs::exists(ready_file_)) << "the owner's is its own";
  }
}

// A child does a bounded wait; the copy that stands by is its parent.
TEST_F(ReadinessTest, ACopyThatWaitsForATimeStandsByToo) {
  const Instance owner = Acquire(With(ReadyWhen::kOwner));
  Options options = Waiting(ReadyWhen::kOwner);
  options.patience = std::chrono::seconds(20);
  Child standby([&](const Signals& signals) { return StandBy(signals, options); });
  AwaitBlocked(standby.pid());
  EXPECT_EQ(StateOf(standby.pid()), CopyState::kStandingBy);
}

TEST_F(ReadinessTest, AStandbyThatTakesOverIsReadyByItsOwnRule) {
  Child owner([&](const Signals& signals) { return Hold(signals, With(ReadyWhen::kOwner)); });
  owner.WaitReady();
  manager_.Receive();
  Child standby(
      [&](const Signals& signals) { return StandBy(signals, Waiting(ReadyWhen::kOwner)); });
  manager_.Receive();
  AwaitBlocked(standby.pid());
  owner.Kill();
  standby.WaitReady();
  EXPECT_EQ(manager_.Receive(), "READY=1\nSTATUS=Owner");
  EXPECT_TRUE(fs::exists(waiting_ready_file_));
  EXPECT_EQ(StateOf(standby.pid()), CopyState::kOwner);
}

TEST_F(ReadinessTest, ARefusedCopySendsNothing) {
  const Instance owner = Acquire(With(ReadyWhen::kOwner));
  manager_.Receive();
  Child second(
      [&](const Signals&) { return static_cast<int>(Acquire(With(ReadyWhen::kOwner)).outcome()); });
  EXPECT_EQ(second.Join(), static_cast<int>(Outcome::kBusy));
  EXPECT_FALSE(manager_.HasMore());
  EXPECT_EQ(Read(ready_file_), std::to_string(getpid()) + "\n");
}

TEST_F(ReadinessTest, WithoutItsReadyFileACopyDoesNotStart) {
  Options options = With(ReadyWhen::kOwner);
  options.ready_file = folder_.path("missing/ready");
  const Instance instance = Acquire(options);
  EXPECT_EQ(instance.outcome(), Outcome::kTrouble);
  EXPECT_THAT(instance.reason(), HasSubstr("missing/ready"));
  EXPECT_FALSE(fs::exists(pid_file_));
  EXPECT_FALSE(manager_.HasMore());
}

TEST_F(ReadinessTest, AForkedChildIsNotReadyForItsParent) {
  Instance instance = Acquire(With(ReadyWhen::kServing));
  manager_.Receive();
  Child child([&](const Signals&) { return instance.Ready() ? 1 : 0; });
  EXPECT_EQ(child.Join(), 0);
  EXPECT_FALSE(fs::exists(ready_file_));
  EXPECT_FALSE(manager_.HasMore());
}

TEST_F(ReadinessTest, RestartingInPlaceIsNotReady) {
  Child server([&](const Signals&) {
    Instance instance = Acquire(With(ReadyWhen::kOwner));
    return instance.PrepareExec() && !fs::exists(ready_file_) ? 0 : 1;
  });
  EXPECT_EQ(server.Join(), 0);
}

TEST_F(ReadinessTest, AStandbyThatGivesUpIsNotReadyAnyMore) {
  const Instance owner = Acquire(With(ReadyWhen::kOwner));
  Options options = Waiting(ReadyWhen::kStandingBy);
  options.patience = std::chrono::milliseconds(10);
  Child standby([&](const Signals&) { return static_cast<int>(Acquire(options).outcome()); });
  EXPECT_EQ(standby.Join(), static_cast<int>(Outcome::kBusy));
  EXPECT_FALSE(fs::exists(waiting_ready_file_));
}

TEST_F(ReadinessTest, ADaemonsLastChildKeepsTheReadyFile) {
  Child parent([&](const Signals& signals) {
    Instance instance = Acquire(With(ReadyWhen::kOwner));
    instance.SetChildren(Children::kPartOfInstance);
    if (fork() > 0) _exit(0);
    instance.Publish();
    signals.Ready();
    signals.Wait();
    instance.Release();
    signals.Ready();
    return 0;
  });
  EXPECT_EQ(parent.Join(), 0);
  parent.WaitReady();
  RemoveStaleReadyFile(ready_file_);
  EXPECT_TRUE(fs::exists(ready_file_)) << "the child lives";
  parent.Go();
  parent.WaitReady();
  EXPECT_FALSE(fs::exists(ready_file_));
}

TEST_F(ReadinessTest, InOneFileModeReadinessIsReported) {
  Options options = With(ReadyWhen::kServing);
  options.one_file = true;
  Instance instance = Acquire(options);
  EXPECT_TRUE(instance.Ready());
  EXPECT_TRUE(fs::exists(ready_file_));
  EXPECT_EQ(Read(pid_file_), std::to_string(getpid()));
  EXPECT_EQ(StateOf(getpid()), CopyState::kOwner);
}

TEST_F(ReadinessTest, AnUnrelatedProcessIsNoCopy) {
  Child stranger([](const Signals& signals) {
    signals.Ready();
    signals.Wait();
    return 0;
  });
  stranger.WaitReady();
  EXPECT_EQ(StateOf(stranger.pid()), CopyState::kNone) << "no lock file";
  const Instance instance = Acquire(With(ReadyWhen::kOwner));
  EXPECT_EQ(StateOf(stranger.pid()), CopyState::kNone);
  EXPECT_EQ(StateOf(4194303), CopyState::kNone);
  EXPECT_EQ(AskCopy("/nowhere/x.pid", getpid()).state, CopyState::kUnknown);
}

}  // namespace
}  // namespace pidfall::guard
