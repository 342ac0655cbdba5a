#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

// An older version of this program: it writes a plain pid file and takes no lock.
int ServeAsOlder(const Signals& signals) {
  signals.Ready();
  signals.Wait();
  return 0;
}

int Sleep(const Signals& signals) {
  signals.Ready();
  execlp("sleep", "sleep", "1000", nullptr);
  return 1;
}

class OlderInstanceTest : public testing::Test {
 protected:
  Outcome Start(OnDuplicate on_duplicate = OnDuplicate::kExit) const {
    Options options = ForFile(pid_file_);
    options.on_duplicate = on_duplicate;
    return Acquire(options).outcome();
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
};

TEST_F(OlderInstanceTest, IsTheOwner) {
  Child older(ServeAsOlder);
  older.WaitReady();
  Write(pid_file_, std::to_string(older.pid()));
  const Instance second = Acquire(ForFile(pid_file_));
  EXPECT_EQ(second.outcome(), Outcome::kBusy);
  EXPECT_EQ(second.owner().pid, older.pid());
  EXPECT_TRUE(second.owner().plain);
  EXPECT_EQ(Read(pid_file_), std::to_string(older.pid()));
}

TEST_F(OlderInstanceTest, ARefusedContenderKeepsNoLock) {
  Child older(ServeAsOlder);
  older.WaitReady();
  Write(pid_file_, std::to_string(older.pid()));
  const Instance refused = Acquire(ForFile(pid_file_));
  ASSERT_EQ(refused.outcome(), Outcome::kBusy);
  older.Go();
  older.Join();
  EXPECT_EQ(Start(), Outcome::kAcquired);
}

TEST_F(OlderInstanceTest, IsWaitedFor) {
  Child older(ServeAsOlder);
  older.WaitReady();
  Write(pid_file_, std::to_string(older.pid()));
  Child standby([&](const Signals& signals) {
    Options options = ForFile(pid_file_);
    options.on_duplicate = OnDuplicate::kWait;
    options.before_waiting = [&](const Owner&) { signals.Ready(); };
    return Acquire(options) ? 0 : 1;
  });
  standby.WaitReady();
  older.Go();
  older.Join();
  EXPECT_EQ(standby.Join(), 0);
}

TEST_F(OlderInstanceTest, IsTakenOverWhenAsked) {
  Child older(ServeAsOlder);
  older.WaitReady();
  Write(pid_file_, std::to_string(older.pid()));
  std::thread reaper([&] { EXPECT_EQ(older.Join(), 128 + SIGTERM); });
  EXPECT_EQ(Start(OnDuplicate::kTakeOver), Outcome::kAcquired);
  reaper.join();
}

TEST_F(OlderInstanceTest, HasEndedAsAZombie) {
  Child older(ServeAsOlder);
  older.WaitReady();
  Write(pid_file_, std::to_string(older.pid()));
  older.Go();
  EXPECT_EQ(older.Receive(), '\0');  // its pipes are closed; it is not reaped
  const int process = static_cast<int>(syscall(SYS_pidfd_open, older.pid(), 0));
  siginfo_t info = {};
  waitid(P_PIDFD, process, &info, WEXITED | WNOWAIT);
  close(process);
  EXPECT_EQ(Start(), Outcome::kAcquired);
}

TEST_F(OlderInstanceTest, IsNoStrangerWithItsNumber) {
  Child stranger(Sleep);
  stranger.WaitReady();
  EXPECT_EQ(stranger.Receive(), '\0');  // the pipe is closed by exec
  Write(pid_file_, std::to_string(stranger.pid()));
  EXPECT_EQ(Start(), Outcome::kAcquired);
}

TEST_F(OlderInstanceTest, IsNoSiblingThatCameAfterTheFile) {
  Child sibling(ServeAsOlder);
  sibling.WaitReady();
  Write(pid_file_, std::to_string(sibling.pid()));
  const timespec hour_ago[] = {{time(nullptr) - 3600, 0}, {time(nullptr) - 3600, 0}};
  utimensat(AT_FDCWD, pid_file_.c_str(), hour_ago, 0);
  EXPECT_EQ(Start(), Outcome::kAcquired);
}

TEST_F(OlderInstanceTest, IsNoSiblingUnderThisGuard) {
  Child sibling([&](const Signals& signals) {
    const Instance instance = Acquire(ForFile(folder_.path("other.pid")));
    signals.Ready();
    signals.Wait();
    return 0;
  });
  sibling.WaitReady();
  Write(pid_file_, std::to_string(sibling.pid()));
  EXPECT_EQ(Start(), Outcome::kAcquired);
}

TEST_F(OlderInstanceTest, IsNoThread) {
  Child older([](const Signals& signals) {
    std::thread worker([&] {
      const pid_t id = gettid();
      signals.Ready();
      for (size_t i = 0; i < sizeof id; ++i) signals.Send(static_cast<char>(id >> (8 * i)));
      signals.Wait();
    });
    worker.join();
    return 0;
  });
  older.WaitReady();
  pid_t id = 0;
  for (size_t i = 0; i < sizeof id; ++i) {
    id |= static_cast<pid_t>(static_cast<unsigned char>(older.Receive())) << (8 * i);
  }
  ASSERT_EQ(kill(id, 0), 0) << "a thread's id passes for a process";
  Write(pid_file_, std::to_string(id));
  EXPECT_EQ(Start(), Outcome::kAcquired);
}

TEST_F(OlderInstanceTest, IsKnownByItsCommandLine) {
  Child older(Sleep);
  older.WaitReady();
  EXPECT_EQ(older.Receive(), '\0');
  Write(pid_file_, std::to_string(older.pid()));
  Options options = ForFile(pid_file_);
  options.older_command = {"/usr/bin/sleep", "1000"};
  EXPECT_EQ(Acquire(options).outcome(), Outcome::kBusy);
  options.older_command = {"sleep", "999"};
  EXPECT_EQ(Acquire(options).outcome(), Outcome::kAcquired);
}

// After a crash of ours, an older program starts again and its file gets our freed inode number.
TEST_F(OlderInstanceTest, IsFoundAlthoughItsFileHasOurOldInode) {
  Child crashed([&](const Signals& signals) {
    const Instance instance = Acquire(ForFile(pid_file_));
    signals.Ready();
    signals.Wait();
    return 0;
  });
  crashed.WaitReady();
  crashed.Kill();
  Child older(ServeAsOlder);
  older.WaitReady();
  Write(pid_file_, std::to_string(older.pid()));  // in place: certainly the same inode
  EXPECT_EQ(Start(), Outcome::kBusy);
}

}  // namespace
}  // namespace pidfall::guard
