#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::seconds kPatience{20};

class WatchTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(instance_);
    ASSERT_TRUE(instance_.Watch([this](const std::string& what) {
      const std::lock_guard lock(mutex_);
      reports_.push_back(what);
      changed_.notify_all();
    }));
  }

  // The next report that has these words.
  bool Reports(const std::string& words) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] {
      for (const std::string& report : reports_) {
        if (report.find(words) != std::string::npos) return true;
      }
      return false;
    });
  }

  Outcome StartElsewhere() const {
    Child contender(
        [&](const Signals&) { return static_cast<int>(Acquire(ForFile(pid_file_)).outcome()); });
    return static_cast<Outcome>(contender.Join());
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
  std::string ours_ = std::to_string(getpid()) + "\n";
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> reports_;
  Instance instance_ = Acquire(ForFile(pid_file_));  // ends before what its watcher reports to
};

TEST_F(WatchTest, PublishesARemovedPidFileAgain) {
  fs::remove(pid_file_);
  EXPECT_TRUE(Reports("published again"));
  EXPECT_EQ(Read(pid_file_), ours_);
}

TEST_F(WatchTest, PublishesAReplacedPidFileAgain) {
  Write(pid_file_ + ".other", "garbage");
  fs::rename(pid_file_ + ".other", pid_file_);
  EXPECT_TRUE(Reports("published again"));
  EXPECT_EQ(Read(pid_file_), ours_);
}

TEST_F(WatchTest, LeavesAFileThatNamesAnotherLiveProcess) {
  const std::string other = std::to_string(getppid());
  Write(pid_file_ + ".other", other);
  fs::rename(pid_file_ + ".other", pid_file_);
  EXPECT_TRUE(Reports("another live process"));
  EXPECT_EQ(Read(pid_file_), other);
  instance_.Release();
  EXPECT_EQ(Read(pid_file_), other);
}

TEST_F(WatchTest, LocksARemovedLockFileAgain) {
  fs::remove(pid_file_ + ".lock");
  EXPECT_TRUE(Reports("made and locked again"));
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
}

TEST_F(WatchTest, TellsThatTheFolderWasMoved) {
  const fs::path folder = fs::path(pid_file_).parent_path();
  const fs::path moved = folder.string() + "-moved";
  fs::rename(folder, moved);
  EXPECT_TRUE(Reports("was moved"));
  fs::rename(moved, folder);
}

TEST_F(WatchTest, EndsWithTheInstance) {
  instance_.Release();
  EXPECT_FALSE(fs::exists(pid_file_));
}

}  // namespace
}  // namespace pidfall::guard
