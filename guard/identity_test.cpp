#include "guard/identity.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

Record RecordOf(const Identity& identity) {
  return {.pid = identity.pid,
          .boot = identity.boot,
          .token = identity.token,
          .pid_namespace = identity.pid_namespace};
}

// Both ways to identify a process: by pidfs, and by start time as on kernels before 6.9.
class IdentityTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) setenv("PIDFALL_NO_PIDFS_ID", "1", 1);
  }
  void TearDown() override { unsetenv("PIDFALL_NO_PIDFS_ID"); }
};

INSTANTIATE_TEST_SUITE_P(PidfsAndTicks, IdentityTest, testing::Bool(),
                         [](const auto& each) { return each.param ? "Ticks" : "Pidfs"; });

TEST_P(IdentityTest, VerifiesALiveProcess) {
  const Identity self = IdentifySelf();
  EXPECT_EQ(self.token.substr(0, 5), GetParam() ? "ticks" : "pidfs");
  EXPECT_TRUE(OpenVerified(RecordOf(self)).valid());
}

TEST_P(IdentityTest, TellsTwoProcessesApart) {
  Record mine = RecordOf(IdentifySelf());
  Child other([](const Signals& signals) {
    signals.Ready();
    signals.Wait();
    return 0;
  });
  other.WaitReady();
  mine.pid = other.pid();
  // Start times have a grain of 10 ms, so only pidfs is sure to tell a parent from its new child.
  if (GetParam()) mine.token = "ticks:1";
  EXPECT_FALSE(OpenVerified(mine).valid());
}

TEST_P(IdentityTest, VerifiesNothingOfAnotherBoot) {
  Record record = RecordOf(IdentifySelf());
  record.boot = "00000000-0000-0000-0000-000000000000";
  EXPECT_FALSE(OpenVerified(record).valid());
  record.boot = "";
  EXPECT_FALSE(OpenVerified(record).valid());
}

TEST_P(IdentityTest, VerifiesNoProcessThatHasEnded) {
  Record record;
  {
    int channel[2];
    ASSERT_EQ(pipe(channel), 0);
    Child child([&](const Signals& signals) {
      const std::string text = FormatRecord(RecordOf(IdentifySelf()));
      if (write(channel[1], text.data(), text.size()) < 0) return 1;
      signals.Ready();
      signals.Wait();
      return 0;
    });
    child.WaitReady();
    char text[kRecordSize];
    ASSERT_EQ(read(channel[0], text, sizeof text), static_cast<ssize_t>(sizeof text));
    record = *ParseRecord({text, sizeof text});
    EXPECT_TRUE(OpenVerified(record).valid());
    close(channel[0]);
    close(channel[1]);
  }
  EXPECT_FALSE(OpenVerified(record).valid());
}

TEST(OpenProcess, RefusesWhatIsNoProcess) {
  for (const pid_t pid : {0, -1, 4194304 + 1}) EXPECT_FALSE(OpenProcess(pid).valid()) << pid;
}

TEST(StartedAt, IsBeforeNowAndAfterTheParent) {
  const auto mine = StartedAt(getpid());
  const auto parents = StartedAt(getppid());
  ASSERT_TRUE(mine);
  EXPECT_LE(*mine, std::chrono::system_clock::now());
  ASSERT_TRUE(parents);
  EXPECT_LE(*parents, *mine + std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace pidfall::guard
