#include "harness/sandbox/landlock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "harness/process/clone.h"

namespace pidfall {
namespace {

// The errno of a signal that a child of ours sends, after `preparation`; 0: it was sent.
int ErrorOfSignal(pid_t to, void (*preparation)()) {
  const Child child = Clone({}, [&] {
    preparation();
    return kill(to, 0) == 0 ? 0 : errno;
  });
  return Reap(child).status;
}

class LandlockTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!LandlockScopesSignals()) GTEST_SKIP() << "no Landlock scopes here";
  }
};

TEST_F(LandlockTest, OthersCanNoLongerBeSignalled) {
  EXPECT_EQ(ErrorOfSignal(getpid(), [] {}), 0);
  EXPECT_EQ(ErrorOfSignal(getpid(), ForbidSignalsToOthers), EPERM);
}

TEST_F(LandlockTest, ItCanStillSignalItself) {
  const Child child = Clone({}, [] {
    ForbidSignalsToOthers();
    return kill(getpid(), 0) == 0 ? 0 : errno;
  });
  EXPECT_EQ(Reap(child), Ending{});
}

TEST_F(LandlockTest, TheSwitchHidesIt) {
  setenv("PIDFALL_NO_LANDLOCK", "1", 1);
  EXPECT_FALSE(LandlockScopesSignals());
  unsetenv("PIDFALL_NO_LANDLOCK");
}

}  // namespace
}  // namespace pidfall
