#include "guard/query.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "guard/identity.h"
#include "guard/record.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
constexpr std::chrono::seconds kPatience{20};

class QueryTest : public testing::Test {
 protected:
  int Hold(const Signals& signals) const {
    Instance instance = Acquire(ForFile(pid_file_));
    signals.Ready();
    signals.Wait();
    instance.Release();
    return 0;
  }

  // As an owner would write it.
  static Record RecordOfThisProcess() {
    const Identity self = IdentifySelf();
    return {.pid = self.pid,
            .boot = self.boot,
            .token = self.token,
            .pid_namespace = self.pid_namespace};
  }

  // The content of the file must not get any process signalled.
  void ExpectNobodyIsSignalled() const {
    const Stopped stopped = Stop(pid_file_, std::chrono::milliseconds(0), true);
    EXPECT_FALSE(stopped.stopped) << stopped.words;
    EXPECT_THAT(stopped.words, HasSubstr("nobody was signalled"));
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
  std::string lock_file_ = pid_file_ + ".lock";
};

TEST_F(QueryTest, NothingThereIsNotRunning) {
  EXPECT_EQ(Ask(pid_file_).state, State::kNotRunning);
  EXPECT_FALSE(fs::exists(lock_file_)) << "asking makes no file";
}

TEST_F(QueryTest, AnOwnerIsRunningAndVerified) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  const Answered answered = Ask(pid_file_);
  EXPECT_EQ(answered.state, State::kRunning);
  EXPECT_EQ(answered.owner.pid, owner.pid());
  EXPECT_TRUE(answered.process.valid());
}

TEST_F(QueryTest, AnOwnerIsFoundWithoutItsFileOrRecord) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  fs::remove(pid_file_);
  EXPECT_EQ(Ask(pid_file_).owner.pid, owner.pid());
  truncate(lock_file_.c_str(), 0);
  const Answered answered = Ask(pid_file_);
  EXPECT_EQ(answered.owner.pid, owner.pid()) << "the kernel knows who holds the lock";
  EXPECT_TRUE(answered.process.valid());
}

TEST_F(QueryTest, AKilledOwnerIsDeadWithFileAndAReleasedOneIsNot) {
  Child killed([&](const Signals& signals) { return Hold(signals); });
  killed.WaitReady();
  killed.Kill();
  EXPECT_EQ(Ask(pid_file_).state, State::kDeadWithFile);
  Child released([&](const Signals& signals) { return Hold(signals); });
  released.WaitReady();
  released.Go();
  released.Join();
  EXPECT_EQ(Ask(pid_file_).state, State::kNotRunning);
}

TEST_F(QueryTest, AnOwnerInAnotherPidNamespaceIsUnknown) {
  Acquire(ForFile(pid_file_)).Release();
  auto record = ParseRecord(Read(lock_file_));
  ASSERT_TRUE(record);
  record->state = RunState::kAlive;
  record->pid_namespace += 1;
  record->token = "pidfs:1";
  Write(lock_file_, FormatRecord(*record));
  EXPECT_EQ(Ask(pid_file_).state, State::kUnknown);
}

TEST_F(QueryTest, ChangesNothing) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  struct stat before;
  struct stat after;
  stat(lock_file_.c_str(), &before);
  Ask(pid_file_);
  stat(lock_file_.c_str(), &after);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
  EXPECT_EQ(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
}

TEST_F(QueryTest, TwoHundredStartsBesideItAreNeverRefused) {
  Child asker([&](const Signals& signals) -> int {
    signals.Ready();
    for (;;) Ask(pid_file_);
  });
  asker.WaitReady();
  for (int i = 0; i < 200; ++i) {
    const Instance instance = Acquire(ForFile(pid_file_));
    EXPECT_TRUE(instance) << i << ": " << instance.reason();
  }
}

TEST_F(QueryTest, StopEndsTheOwner) {
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  EXPECT_TRUE(Stop(pid_file_, kPatience, false).stopped);
  EXPECT_EQ(owner.Join(), 128 + SIGTERM);
  EXPECT_TRUE(Stop(pid_file_, kPatience, false).stopped) << "it is not running: nothing to do";
}

TEST_F(QueryTest, StopTellsThatAWorkerKeepsTheLock) {
  Child owner([&](const Signals& signals) {
    Options options = ForFile(pid_file_);
    options.children = Children::kPartOfInstance;
    const Instance instance = Acquire(options);
    const pid_t worker = fork();
    if (worker > 0) Write(folder_.path("worker"), std::to_string(worker));
    if (worker > 0) signals.Ready();
    pause();
    return 0;
  });
  owner.WaitReady();
  std::thread reaper([&] { owner.Join(); });
  const std::string words = Stop(pid_file_, kPatience, false).words;
  reaper.join();
  EXPECT_THAT(words, HasSubstr("a child of it keeps the lock"));
  kill(std::stoi(Read(folder_.path("worker"))), SIGKILL);
}

TEST_F(QueryTest, StopForcesOnlyWhenAsked) {
  Child owner([&](const Signals& signals) {
    signal(SIGTERM, SIG_IGN);
    return Hold(signals);
  });
  owner.WaitReady();
  EXPECT_FALSE(Stop(pid_file_, std::chrono::milliseconds(0), false).stopped);
  std::thread reaper([&] { EXPECT_EQ(owner.Join(), 128 + SIGKILL); });
  EXPECT_TRUE(Stop(pid_file_, std::chrono::milliseconds(0), true).stopped);
  reaper.join();
}

TEST_F(QueryTest, NoContentGetsABystanderSignalled) {
  Child bystander([](const Signals& signals) {
    signals.Ready();
    signals.Wait();
    return 0;
  });
  bystander.WaitReady();
  for (const std::string& content :
       {std::string("0"), std::string("-1"), std::string("garbage"), std::string(20, '9'),
        std::string("12abc"), std::to_string(bystander.pid()), std::to_string(-bystander.pid())}) {
    Write(pid_file_, content);
    ExpectNobodyIsSignalled();
  }
  bystander.Go();
  EXPECT_EQ(bystander.Join(), 0);
}

class OneFileQueryTest : public QueryTest {
 protected:
  int HoldOneFile(const Signals& signals) const {
    Options options = ForFile(pid_file_);
    options.one_file = true;
    Instance instance = Acquire(options);
    signals.Ready();
    signals.Wait();
    instance.Release();
    return 0;
  }

  Child owner_{[&](const Signals& signals) { return HoldOneFile(signals); }};
};

TEST_F(OneFileQueryTest, AnOwnerIsRunningAndVerifiedWhateverTheFileHolds) {
  owner_.WaitReady();
  for (const std::string& content : {std::to_string(owner_.pid()), std::string("garbage"),
                                     FormatRecord({.pid = getpid(), .boot = "another"})}) {
    Write(pid_file_, content);
    const Answered answered = Ask(pid_file_);
    EXPECT_EQ(answered.state, State::kRunning) << content;
    EXPECT_EQ(answered.owner.pid, owner_.pid()) << content;
    EXPECT_TRUE(answered.process.valid()) << content;
  }
}

TEST_F(OneFileQueryTest, AnOwnerBesideAnOldLockFileIsRunning) {
  owner_.WaitReady();
  Write(lock_file_, "");
  EXPECT_EQ(Ask(pid_file_).state, State::kRunning);
}

TEST_F(OneFileQueryTest, AKilledOwnerIsDeadWithFileAndAReleasedOneIsNot) {
  owner_.WaitReady();
  owner_.Kill();
  EXPECT_EQ(Ask(pid_file_).state, State::kDeadWithFile);
  Child released([&](const Signals& signals) { return HoldOneFile(signals); });
  released.WaitReady();
  released.Go();
  released.Join();
  EXPECT_EQ(Ask(pid_file_).state, State::kNotRunning);
}

TEST_F(OneFileQueryTest, StopEndsTheOwnerAndNotTheProcessThatTheFileNames) {
  owner_.WaitReady();
  Write(pid_file_, FormatRecord(RecordOfThisProcess()));
  ASSERT_TRUE(Stop(pid_file_, kPatience, false).stopped);
  EXPECT_EQ(owner_.Join(), 128 + SIGTERM);
}

// The record of an owner that was killed; a bystander now has its pid.
TEST_F(QueryTest, ARecycledNumberInTheRecordIsNotSignalled) {
  Child bystander([](const Signals& signals) {
    signals.Ready();
    signals.Wait();
    return 0;
  });
  bystander.WaitReady();
  Child owner([&](const Signals& signals) { return Hold(signals); });
  owner.WaitReady();
  owner.Kill();
  auto record = ParseRecord(Read(lock_file_));
  ASSERT_TRUE(record);
  record->pid = bystander.pid();
  Write(lock_file_, FormatRecord(*record));
  Write(pid_file_, std::to_string(bystander.pid()));
  ExpectNobodyIsSignalled();
  bystander.Go();
  EXPECT_EQ(bystander.Join(), 0);
}

}  // namespace
}  // namespace pidfall::guard
