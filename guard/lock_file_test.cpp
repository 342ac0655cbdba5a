#include "guard/lock_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "guard/guard_testing.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;
using LockFileTest = GuardTest;
using testing::HasSubstr;

TEST_F(LockFileTest, LeavesHostileNodesAsTheyAre) {
  const std::string canary = folder_.path("canary");
  Write(canary, "precious");
  for (const std::string& path : {pid_file_, lock_file_}) {
    fs::remove(lock_file_);
    fs::create_symlink(canary, path);
    EXPECT_EQ(Start().outcome(), Outcome::kHostile) << path;
    EXPECT_TRUE(fs::is_symlink(path));
    fs::remove(path);
    fs::create_symlink(folder_.path("nowhere"), path);
    EXPECT_EQ(Start().outcome(), Outcome::kHostile) << path;
    EXPECT_FALSE(fs::exists(folder_.path("nowhere")));
    fs::remove(path);
    fs::create_directory(path);
    EXPECT_EQ(Start().outcome(), Outcome::kHostile) << path;
    fs::remove(path);
    mkfifo(path.c_str(), 0600);
    EXPECT_EQ(Start().outcome(), Outcome::kHostile) << path;
    EXPECT_TRUE(fs::is_fifo(path));
    fs::remove(path);
  }
  fs::create_hard_link(canary, lock_file_);
  EXPECT_EQ(Start().outcome(), Outcome::kHostile);
  EXPECT_EQ(Read(canary), "precious");
}

TEST_F(LockFileTest, AHardLinkAtThePidFileKeepsItsOtherName) {
  Write(folder_.path("canary"), "precious");
  fs::create_hard_link(folder_.path("canary"), pid_file_);
  EXPECT_TRUE(Start());
  EXPECT_EQ(Read(folder_.path("canary")), "precious");
}

TEST_F(LockFileTest, RefusesAFolderWhereAnybodyMayRename) {
  fs::permissions(folder_.path(), fs::perms::all);
  EXPECT_EQ(Start().outcome(), Outcome::kHostile);
  fs::permissions(folder_.path(), fs::perms::all | fs::perms::sticky_bit);
  EXPECT_TRUE(Start());
}

TEST_F(LockFileTest, AMissingFolderIsTroubleThatNamesIt) {
  const Instance instance = Acquire(ForFile(folder_.path("missing/x.pid")));
  EXPECT_EQ(instance.outcome(), Outcome::kTrouble);
  EXPECT_THAT(instance.reason(), HasSubstr(folder_.path("missing")));
  EXPECT_FALSE(fs::exists(folder_.path("missing")));
}

TEST_F(LockFileTest, ModesLetNobodyElseWriteUnderAnyUmask) {
  const mode_t before = umask(0);
  const Instance instance = Start();
  umask(before);
  struct stat status;
  stat(pid_file_.c_str(), &status);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
  stat(lock_file_.c_str(), &status);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(LockFileTest, OneFileModeExcludesFlockUsersBothWays) {
  Options options = ForFile(pid_file_);
  options.one_file = true;
  {
    const Instance instance = Acquire(options);
    ASSERT_TRUE(instance);
    EXPECT_EQ(Read(pid_file_), std::to_string(getpid()));
    const int fd = open(pid_file_.c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_NE(flock(fd, LOCK_EX | LOCK_NB), 0);
    close(fd);
  }
  const int fd = open(pid_file_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(fd, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(Acquire(options).outcome(), Outcome::kBusy);
  close(fd);
}

TEST_F(LockFileTest, AnOfdLockIsTakenTooWhenAsked) {
  Options options = ForFile(pid_file_);
  options.also_ofd = true;
  const Instance instance = Acquire(options);
  ASSERT_TRUE(instance) << instance.reason();
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  const int fd = open(lock_file_.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_NE(fcntl(fd, F_OFD_SETLK, &whole), 0);
  close(fd);
}

TEST_F(LockFileTest, AContenderThatAnFcntlLockRefusesKeepsNoFlock) {
  Options options = ForFile(pid_file_);
  options.also_ofd = true;
  const int fd = open(lock_file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  ASSERT_EQ(fcntl(fd, F_OFD_SETLK, &whole), 0);
  const Instance refused = Acquire(options);
  EXPECT_EQ(refused.outcome(), Outcome::kBusy);
  EXPECT_EQ(flock(fd, LOCK_EX | LOCK_NB), 0);
  close(fd);
}

TEST_F(LockFileTest, AnotherUsersLockFileIsForbidden) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  fs::permissions(folder_.path(), fs::perms::all | fs::perms::sticky_bit);
  const Instance instance = Start();
  Child contender([&](const Signals&) {
    if (setresuid(12345, 12345, 12345) != 0) return 1;
    const Instance second = Start();
    if (second.outcome() != Outcome::kForbidden) return 2;
    return second.owner().pid == getppid() && !second.owner().verified ? 0 : 3;
  });
  EXPECT_EQ(contender.Join(), 0);
}

}  // namespace
}  // namespace pidfall::guard
