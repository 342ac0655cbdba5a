#include "harness/sandbox/signal_filter.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "harness/process/clone.h"
#include "harness/run/pool.h"
#include "harness/sandbox/sandbox.h"

namespace pidfall {
namespace {

constexpr Duration kFilterBound = std::chrono::seconds(20);

// Signal 0 only asks: where the filter fails, no process is harmed.
bool MayAskEverybody() { return kill(-1, 0) == 0 || errno != EPERM; }

TEST(SignalFilterTest, ASignalToEverybodyIsRefusedAndOneToAProcessIsNot) {
  const Child child = Clone({}, [] {
    ForbidSignalsToAll();
    if (MayAskEverybody()) return 1;
    return kill(getpid(), 0) == 0 && kill(0, 0) == 0 ? 0 : 2;
  });
  EXPECT_EQ(Reap(child), Ending{});
}

TEST(SignalFilterTest, ThePlainSandboxHasItWhereLandlockIsMissing) {
  const Child harness = Clone({}, [] {
    setenv("PIDFALL_SANDBOX", "plain", 1);
    setenv("PIDFALL_NO_LANDLOCK", "1", 1);
    const auto story = [](const World&) { return std::string(MayAskEverybody() ? "may" : "not"); };
    return RunStory({.tell = story, .bound = kFilterBound}) == "not" ? 0 : 1;
  });
  EXPECT_EQ(Reap(harness), Ending{});
}

}  // namespace
}  // namespace pidfall
