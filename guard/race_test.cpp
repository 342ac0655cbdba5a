// Starts at the same instant, behind one barrier; a shared lock-free word counts the owners.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <vector>

#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

constexpr int kContenders = 8;
constexpr int kRounds = 25;

// Shared with the children. Every owner counts itself in and out: no answer of the guard is
// trusted.
struct Referee {
  std::atomic<int> inside = 0;
  std::atomic<int> owners = 0;
  std::atomic<bool> overlap = false;

  void Enter() {
    ++owners;
    if (inside.fetch_add(1) != 0) overlap = true;
  }
  void Leave() { inside.fetch_sub(1); }
};

class RaceTest : public testing::Test {
 protected:
  RaceTest()
      : referee_(new (mmap(nullptr, sizeof(Referee), PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Referee) {}
  ~RaceTest() override { munmap(referee_, sizeof(Referee)); }

  int Contend(const Signals& signals, bool stay) const {
    signals.Ready();
    signals.Wait();
    Instance instance = Acquire(ForFile(pid_file_));
    if (!instance) return instance.outcome() == Outcome::kBusy ? 0 : 1;
    referee_->Enter();
    if (stay) signals.Wait();
    referee_->Leave();
    instance.Release();
    return 0;
  }

  void Round(bool stay) {
    std::vector<std::unique_ptr<Child>> contenders;
    contenders.reserve(kContenders);
    for (int i = 0; i < kContenders; ++i) {
      contenders.push_back(
          std::make_unique<Child>([&](const Signals& signals) { return Contend(signals, stay); }));
    }
    for (const auto& contender : contenders) contender->WaitReady();
    for (const auto& contender : contenders) contender->Go(stay ? 2 : 1);
    for (const auto& contender : contenders) EXPECT_EQ(contender->Join(), 0);
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
  Referee* referee_;
};

TEST_F(RaceTest, ColdStartsHaveOneOwnerAtATime) {
  for (int round = 0; round < kRounds; ++round) {
    std::filesystem::remove(pid_file_);
    std::filesystem::remove(pid_file_ + ".lock");
    Round(true);
  }
  EXPECT_FALSE(referee_->overlap);
  EXPECT_GE(referee_->owners, kRounds);
}

TEST_F(RaceTest, StartsOnAStaleFileHaveOneOwnerAtATime) {
  for (int round = 0; round < kRounds; ++round) {
    Write(pid_file_, "4194303");
    Round(true);
  }
  EXPECT_FALSE(referee_->overlap);
  EXPECT_GE(referee_->owners, kRounds);
}

TEST_F(RaceTest, ComingAndGoingNeverOverlaps) {
  for (int round = 0; round < kRounds; ++round) Round(false);
  EXPECT_FALSE(referee_->overlap);
}

// Sabotage: the lock file is removed again and again. A start that locks a removed file notices it.
TEST_F(RaceTest, RemovingTheLockFileMeanwhileEndsInAnOwnerOrInAReason) {
  Child remover([&](const Signals& signals) -> int {
    signals.Ready();
    for (;;) unlink((pid_file_ + ".lock").c_str());
  });
  remover.WaitReady();
  for (int i = 0; i < 200; ++i) {
    const Instance instance = Acquire(ForFile(pid_file_));
    if (instance) continue;
    EXPECT_EQ(instance.outcome(), Outcome::kTrouble) << instance.reason();
    EXPECT_NE(instance.reason(), "");
  }
}

}  // namespace
}  // namespace pidfall::guard
