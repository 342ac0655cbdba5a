#include "harness/kernel/signal_mask.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "harness/process/clone.h"

namespace pidfall {
namespace {

TEST(SignalMaskTest, ABlockedSignalIsNotTaken) {
  sigset_t terminate, before;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigprocmask(SIG_BLOCK, &terminate, &before);
  EXPECT_FALSE(TakesSignal(getpid(), SIGTERM));
  EXPECT_TRUE(TakesSignal(getpid(), SIGINT));
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

TEST(SignalMaskTest, AZombieTakesNoSignal) {
  const Child child = Clone({}, [] { return 0; });
  WaitForEnd(child, std::chrono::seconds(10));
  EXPECT_FALSE(TakesSignal(child.pid, SIGTERM));
  Reap(child);
}

TEST(SignalMaskTest, AHandledSignalIsNotIgnored) {
  const auto before = signal(SIGUSR1, SIG_IGN);
  EXPECT_TRUE(IgnoresSignal(getpid(), SIGUSR1));
  EXPECT_FALSE(IgnoresSignal(getpid(), SIGUSR2));
  EXPECT_FALSE(CatchesSignal(getpid(), SIGUSR1));
  signal(SIGUSR1, [](int) {});
  EXPECT_FALSE(IgnoresSignal(getpid(), SIGUSR1));
  EXPECT_TRUE(CatchesSignal(getpid(), SIGUSR1));
  signal(SIGUSR1, before);
}

}  // namespace
}  // namespace pidfall
