#include "guard/ready_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;

class ReadyFileTest : public testing::Test {
 protected:
  int Publish(const Signals& signals) const {
    ReadyFile file;
    if (!file.Publish(path_, Children::kInert)) return 1;
    signals.Ready();
    signals.Wait();
    file.Remove();
    return 0;
  }

  TempFolder folder_;
  std::string path_ = folder_.path("ready");
};

TEST_F(ReadyFileTest, HoldsThePidAndGoesWithIt) {
  ReadyFile file;
  ASSERT_TRUE(file.Publish(path_, Children::kInert));
  EXPECT_EQ(Read(path_), std::to_string(getpid()) + "\n");
  struct stat first;
  struct stat again;
  stat(path_.c_str(), &first);
  EXPECT_TRUE(file.Publish(path_, Children::kInert)) << "it is there";
  stat(path_.c_str(), &again);
  EXPECT_EQ(again.st_ino, first.st_ino);
  file.Remove();
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(ReadyFileTest, AKilledCopysFileIsStaleAndALivingCopysIsNot) {
  Child copy([&](const Signals& signals) { return Publish(signals); });
  copy.WaitReady();
  RemoveStaleReadyFile(path_);
  EXPECT_TRUE(fs::exists(path_)) << "its writer lives";
  copy.Kill();
  RemoveStaleReadyFile(path_);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ReadyFileTest, ReplacesAKilledCopysFile) {
  Write(path_, "1\n");
  ReadyFile file;
  ASSERT_TRUE(file.Publish(path_, Children::kInert));
  EXPECT_EQ(Read(path_), std::to_string(getpid()) + "\n");
}

TEST_F(ReadyFileTest, KeepsAnotherCopysFileThatReplacedIt) {
  Child first([&](const Signals& signals) { return Publish(signals); });
  first.WaitReady();
  Child second([&](const Signals& signals) { return Publish(signals); });
  second.WaitReady();
  first.Go();
  EXPECT_EQ(first.Join(), 0);
  EXPECT_EQ(Read(path_), std::to_string(second.pid()) + "\n");
}

TEST_F(ReadyFileTest, FollowsNoLinkAndRemovesNoOtherNode) {
  const std::string victim = folder_.path("victim");
  Write(victim, "precious");
  fs::create_symlink(victim, path_);
  RemoveStaleReadyFile(path_);
  EXPECT_TRUE(fs::is_symlink(path_));
  ReadyFile file;
  EXPECT_TRUE(file.Publish(path_, Children::kInert));
  EXPECT_EQ(Read(victim), "precious");
  file.Remove();
  mkfifo(path_.c_str(), 0600);
  RemoveStaleReadyFile(path_);
  EXPECT_TRUE(fs::is_fifo(path_));
}

TEST_F(ReadyFileTest, CannotBePublishedOverAFolderAndLeavesNothing) {
  fs::create_directory(path_);
  ReadyFile file;
  EXPECT_FALSE(file.Publish(path_, Children::kInert));
  EXPECT_EQ(errno, EISDIR);
  EXPECT_FALSE(fs::exists(path_ + ".new"));
  EXPECT_FALSE(file.Publish(folder_.path("missing/ready"), Children::kInert));
  EXPECT_EQ(errno, ENOENT);
}

// A child that is no part of the instance must not make a dead copy's file look alive.
TEST_F(ReadyFileTest, IsStaleAlthoughAForkedChildLives) {
  Child copy([&](const Signals& signals) {
    ReadyFile file;
    file.Publish(path_, Children::kInert);
    const pid_t child = fork();
    if (child == 0) {
      signals.Ready();  // from here: until a child has closed it, the file is as locked as before
      signals.Wait();
      _exit(0);
    }
    signals.Wait();
    return 0;
  });
  copy.WaitReady();
  copy.Kill();
  RemoveStaleReadyFile(path_);
  EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace pidfall::guard
