#include "guard/watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::seconds kPatience{20};
constexpr int kUnrelatedEvents = 100;
constexpr int kForks = 200;

// No file of this process can grow.
class FullDisk {
 public:
  FullDisk() {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none = {0, before_.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &none);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

// The files that are created in a folder, in order.
class Creations {
 public:
  explicit Creations(const std::string& folder) {
    inotify_add_watch(events_.get(), folder.c_str(), IN_CREATE);
  }

  // Whether a file of this name is created this many times.
  bool Await(const std::string& name, int times) const {
    alignas(inotify_event) char event[sizeof(inotify_event) + NAME_MAX + 1];
    while (times > 0) {
      pollfd readable = {events_.get(), POLLIN, 0};
      if (poll(&readable, 1, kPatienceMs) != 1) return false;
      const ssize_t n = read(events_.get(), event, sizeof event);
      for (ssize_t at = 0; at < n;) {
        const auto* one = reinterpret_cast<const inotify_event*>(event + at);
        if (one->len > 0 && one->name == name) --times;
        at += static_cast<ssize_t>(sizeof *one + one->len);
      }
    }
    return true;
  }

 private:
  static constexpr int kPatienceMs = 20'000;
  Descriptor events_{inotify_init1(IN_CLOEXEC)};
};

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

  int Times(const std::string& words) {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count_if(reports_.begin(), reports_.end(), [&](const auto& one) {
      return one.find(words) != std::string::npos;
    }));
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
  Instance instance_ = Acquire(ForFile(pid_file_));  // ends before the members that reports go to
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

TEST_F(WatchTest, AnotherProcesssLockIsReportedOnceAndTakenOverWhenItEnds) {
  Child other([&](const Signals& signals) {
    const std::string theirs = folder_.path("theirs");
    flock(open(theirs.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX);
    fs::rename(theirs, pid_file_ + ".lock");
    signals.Wait();
    return 0;
  });
  EXPECT_TRUE(Reports("another process has locked it"));
  for (int i = 0; i < kUnrelatedEvents; ++i) Write(folder_.path("unrelated"), "");
  other.Kill();
  EXPECT_TRUE(Reports("made and locked again"));
  EXPECT_EQ(Times("another process has locked it"), 1);
  EXPECT_EQ(StartElsewhere(), Outcome::kBusy);
}

TEST_F(WatchTest, AFullDiskIsReportedOnceAndTriedAgainAfterAPause) {
  const Creations made(folder_.path());
  const auto before = std::chrono::steady_clock::now();
  bool again = false;
  {
    const FullDisk full;
    fs::remove(pid_file_);
    again = made.Await("x.pid.new", 2);
  }
  EXPECT_TRUE(again);
  EXPECT_GE(std::chrono::steady_clock::now() - before, kTryAgain);
  EXPECT_TRUE(Reports("published again"));
  EXPECT_EQ(Times("cannot write"), 1);
}

TEST_F(WatchTest, ReportsThatTheFolderWasMoved) {
  const fs::path folder = fs::path(pid_file_).parent_path();
  const fs::path moved = folder.string() + "-moved";
  fs::rename(folder, moved);
  EXPECT_TRUE(Reports("was moved"));
  fs::rename(moved, folder);
}

// No watcher runs when it forks: only then may a child start threads under ThreadSanitizer.
class WatchingChildTest : public testing::Test {
 protected:
  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
};

TEST_F(WatchingChildTest, WithoutAThreadItSaysSoAndLeavesTheSignalsAsTheyWere) {
  Child owner([&](const Signals&) {
    Instance instance = Acquire(ForFile(pid_file_));
    LetNoThreadStart();
    const bool watches = instance.Watch([](const std::string&) {});
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    return watches || sigismember(&blocked, SIGTERM) == 1 ? 1 : 0;
  });
  EXPECT_EQ(owner.Join(), 0);
}

TEST_F(WatchingChildTest, AReportMayReleaseTheInstance) {
  Child owner([&](const Signals& signals) -> int {
    Instance instance = Acquire(ForFile(pid_file_));
    instance.Watch([&](const std::string&) {
      instance.Release();
      signals.Ready();
    });
    fs::remove(pid_file_);
    signals.Wait();
    _exit(0);  // the report owns the Instance now
  });
  owner.WaitReady();
  EXPECT_EQ(Acquire(ForFile(pid_file_)).outcome(), Outcome::kAcquired);
  owner.Go();
  EXPECT_EQ(owner.Join(), 0);
}

TEST_F(WatchTest, ASlowReportDelaysNothing) {
  std::promise<void> reporting;
  std::promise<void> published;
  bool in_time = false;
  Instance instance = Acquire(ForFile(folder_.path("other.pid")));
  instance.Watch([&, told = false](const std::string&) mutable {
    if (std::exchange(told, true)) return;
    reporting.set_value();
    in_time = published.get_future().wait_for(kPatience) == std::future_status::ready;
  });
  fs::remove(folder_.path("other.pid"));
  EXPECT_EQ(reporting.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(instance.Publish());
  published.set_value();
  instance.Release();
  EXPECT_TRUE(in_time);
}

// Sooner or later a fork comes while the watcher, which the child does not have, holds the mutex.
// The child's file may not stay: the parent's watcher may replace it.
TEST_F(WatchTest, AForkedChildIsNotKeptOutByTheParentsWatcher) {
  instance_.SetChildren(Children::kPartOfInstance);
  std::atomic<bool> done = false;
  std::thread busy([&] {
    while (!done) Write(folder_.path("unrelated"), "");
  });
  for (int i = 0; i < kForks && !HasFailure(); ++i) {
    const Child last([&](const Signals& signals) {
      instance_.Publish();
      signals.Ready();
      return 0;
    });
    last.WaitReady();
  }
  done = true;
  busy.join();
}

TEST_F(WatchTest, EndsWithTheInstance) {
  instance_.Release();
  EXPECT_FALSE(fs::exists(pid_file_));
}

}  // namespace
}  // namespace pidfall::guard
