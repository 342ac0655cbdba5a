#include "guard/guard.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <set>
#include <vector>

#include "guard/descriptor.h"
#include "guard/guard_testing.h"
#include "guard/record.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;

TEST_F(GuardTest, AcquiresAndPublishesThePidAndNothingElse) {
  const Instance instance = Start();
  ASSERT_TRUE(instance) << instance.reason();
  EXPECT_EQ(Read(pid_file_), std::to_string(getpid()) + "\n");
}

TEST_F(GuardTest, RefusesASecondProcessAndNamesTheOwner) {
  const Instance instance = Start();
  Child contender([&](const Signals&) {
    const Instance second = Start();
    const Owner owner = second.owner();
    return second.outcome() == Outcome::kBusy && owner.pid == getppid() && owner.verified ? 0 : 1;
  });
  EXPECT_EQ(contender.Join(), 0);
}

TEST_F(GuardTest, ARefusedContenderChangesNothing) {
  const Instance instance = Start();
  struct stat before;
  struct stat after;
  stat(pid_file_.c_str(), &before);
  const std::string record = Read(lock_file_);
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
  stat(pid_file_.c_str(), &after);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
  EXPECT_EQ(Read(lock_file_), record);
}

TEST_F(GuardTest, TellsASecondGuardInTheSameProcess) {
  const Instance instance = Start();
  EXPECT_EQ(Start().outcome(), Outcome::kHeldHere);
  fs::create_directory_symlink(folder_.path(), folder_.path("alias"));
  EXPECT_EQ(Acquire(ForFile(folder_.path("alias/x.pid"))).outcome(), Outcome::kHeldHere);
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy) << "the second guard must not have dropped the lock";
}

TEST_F(GuardTest, ReleasesForTheNextAndRemovesThePidFile) {
  Instance instance = Start();
  instance.Release();
  EXPECT_FALSE(fs::exists(pid_file_));
  EXPECT_TRUE(fs::exists(lock_file_));
  const Instance next = Start();
  ASSERT_TRUE(next);
  EXPECT_EQ(next.previous(), Previous::kClean);
}

// As a reader of /proc/PID/fdinfo keeps it open, for a moment.
TEST_F(GuardTest, ReleasesAlsoWhatSomebodyElseKeepsOpen) {
  Instance first = Start();
  std::vector<Descriptor> kept;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) != lock_file_) continue;
    kept.emplace_back(dup(std::stoi(entry.path().filename().string())));
  }
  ASSERT_EQ(kept.size(), 1U);
  first.Release();
  const Instance second = Start();
  EXPECT_TRUE(second) << second.reason();
}

TEST_F(GuardTest, ReleasesOnceOnly) {
  Instance first = Start();
  first.Release();
  const Instance second = Start();
  first.Release();
  EXPECT_TRUE(fs::exists(pid_file_));
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
}

TEST_F(GuardTest, KeepsAPidFileThatIsNotOursAnyMore) {
  Instance instance = Start();
  fs::remove(pid_file_);
  Write(pid_file_, "1\n");
  instance.Release();
  EXPECT_EQ(Read(pid_file_), "1\n");
}

TEST_F(GuardTest, RefusesAlthoughThePidFileWasRemoved) {
  const Instance instance = Start();
  fs::remove(pid_file_);
  Child contender([&](const Signals&) { return Start().owner().pid == getppid() ? 0 : 1; });
  EXPECT_EQ(contender.Join(), 0);
}

TEST_F(GuardTest, RecoversAfterKill) {
  Child owner([&](const Signals& signals) { return HoldUntilTold(signals); });
  owner.WaitReady();
  EXPECT_EQ(Start().outcome(), Outcome::kBusy);
  owner.Kill();
  const Instance next = Start();
  ASSERT_TRUE(next) << next.reason();
  EXPECT_EQ(next.previous(), Previous::kCrash);
}

TEST_F(GuardTest, AForkedChildHoldsNothing) {
  auto instance = std::make_unique<Instance>(Start());
  Child worker([](const Signals& signals) {
    signals.Ready();
    signals.Wait();
    return 0;
  });
  worker.WaitReady();
  instance->Release();
  EXPECT_TRUE(Start());
}

TEST_F(GuardTest, AForkedChildsReleaseIsInert) {
  Instance instance = Start();
  Child worker([&](const Signals&) {
    instance.Release();
    return 0;
  });
  worker.Join();
  EXPECT_TRUE(fs::exists(pid_file_));
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
}

TEST_F(GuardTest, AWorkerThatIsPartOfTheInstanceKeepsOthersOut) {
  Child owner([&](const Signals& signals) {
    Options options = ForFile(pid_file_);
    options.children = Children::kPartOfInstance;
    const Instance instance = Acquire(options);
    if (fork() == 0) {
      signals.Ready();
      signals.Wait();
      _exit(0);
    }
    pause();
    return 0;
  });
  owner.WaitReady();
  owner.Kill();
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
  owner.Go();
}

TEST_F(GuardTest, ADaemonsLastChildIsTheOwner) {
  Child first([&](const Signals& signals) -> int {
    Options options = ForFile(pid_file_);
    options.children = Children::kPartOfInstance;
    Instance instance = Acquire(options);
    if (fork() != 0) _exit(0);
    if (!instance.Publish()) _exit(1);
    signals.Ready();
    signals.Wait();
    instance.Release();
    _exit(0);
  });
  first.WaitReady();
  EXPECT_EQ(first.Join(), 0);
  EXPECT_NE(Read(pid_file_), "");
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
  first.Go();
  EXPECT_EQ(first.Receive(), '\0');
  EXPECT_FALSE(fs::exists(pid_file_));
}

TEST_F(GuardTest, AnyContentIsStaleWhenNobodyHoldsTheLock) {
  for (const std::string& content :
       {std::string(""), std::string("garbage"), std::string("0"), std::string("-1"),
        std::string(20, '9'), std::string(1 << 20, 'x'), std::string(8, '\0'), std::string("12abc"),
        std::string(" \n \n"), std::string("99999"), std::string("1\n"),
        std::to_string(getppid())}) {
    Write(pid_file_, content);
    EXPECT_EQ(StartElsewhere(), Outcome::kAcquired) << content.substr(0, 30);
    Write(lock_file_, content);
    EXPECT_EQ(StartElsewhere(), Outcome::kAcquired) << content.substr(0, 30);
  }
}

TEST_F(GuardTest, ItsOwnNumberIsNoOwner) {
  Child starter([&](const Signals&) {
    Write(pid_file_, std::to_string(getpid()));
    return Start() ? 0 : 1;
  });
  EXPECT_EQ(starter.Join(), 0);
}

TEST_F(GuardTest, TellsGarbageInTheLockFileApart) {
  Write(lock_file_, "garbage");
  fs::permissions(lock_file_, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(Start().previous(), Previous::kGarbage);
}

TEST_F(GuardTest, TellsAnotherBootAndAnotherNamespaceApart) {
  Write(lock_file_, FormatRecord({.pid = 7, .boot = "another"}));
  EXPECT_EQ(Start().previous(), Previous::kOtherBoot);
  auto record = ParseRecord(Read(lock_file_));
  ASSERT_TRUE(record);
  record->state = RunState::kAlive;
  record->pid_namespace += 1;
  Write(lock_file_, FormatRecord(*record));
  EXPECT_EQ(Start().previous(), Previous::kOtherNamespace);
}

TEST_F(GuardTest, NoDescriptorsLeftIsTroubleAndLeavesNothing) {
  Child starter([&](const Signals&) {
    const int next = dup(0);
    close(next);
    const rlimit limit = {static_cast<rlim_t>(next) + 3, static_cast<rlim_t>(next) + 3};
    setrlimit(RLIMIT_NOFILE, &limit);
    const Instance instance = Start();
    return instance.outcome() == Outcome::kTrouble ? 0 : 1;
  });
  EXPECT_EQ(starter.Join(), 0);
  EXPECT_FALSE(fs::exists(pid_file_));
  EXPECT_FALSE(fs::exists(pid_file_ + ".new"));
}

TEST_F(GuardTest, TakesNoStandardDescriptor) {
  Child starter([&](const Signals&) {
    for (int fd : {0, 1, 2}) close(fd);
    const Instance instance = Start();
    for (int fd : {0, 1, 2}) {
      if (fcntl(fd, F_GETFD) != -1) return 1;
    }
    return instance ? 0 : 2;
  });
  EXPECT_EQ(starter.Join(), 0);
}

std::set<std::string> OpenDescriptors() {
  std::set<std::string> open;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    open.insert(entry.path().filename().string());
  }
  return open;
}

TEST_F(GuardTest, LeaksNoDescriptorOverItsLife) {
  const auto before = OpenDescriptors();
  {
    const Instance instance = Start();
    const Instance second = Start();
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(GuardTest, RestartsInPlaceWithTheLockHeldThroughout) {
  Child owner([&](const Signals& signals) {
    Instance instance = Start();
    if (!instance.PrepareExec()) return 1;
    // The first step of the new program, in the same process, with the state that exec leaves.
    new Instance(std::move(instance));
    const int fd = std::atoi(strchr(std::getenv("PIDFALL_GUARD_LOCK"), ':') + 1);
    signals.Ready();
    signals.Wait();
    return fcntl(fd, F_GETFD) == 0 ? 0 : 2;
  });
  owner.WaitReady();
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
  owner.Go();
  EXPECT_EQ(owner.Join(), 0);
}

}  // namespace
}  // namespace pidfall::guard
