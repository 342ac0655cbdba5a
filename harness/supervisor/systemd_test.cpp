#include "harness/supervisor/systemd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/supervisor/policy_testing.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr EndedRun kStatus0 = {.ended = 1s};
constexpr EndedRun kStatus1 = {.ended = 1s, .status = 1};
constexpr EndedRun kTerm = {.ended = 1s, .signal = SIGTERM};
constexpr EndedRun kKilled = {.ended = 1s, .signal = SIGKILL};

struct RestartRow {
  SystemdRestart restart;
  bool status0, status1, term, killed;
};

// systemd.service(5), table 2, "Exit causes and the effect of the Restart= settings".
TEST(Systemd, EveryEndRestartsAsTheManualsTableSays) {
  const RestartRow rows[] = {
      {SystemdRestart::kNo, false, false, false, false},
      {SystemdRestart::kAlways, true, true, true, true},
      {SystemdRestart::kOnSuccess, true, false, true, false},
      {SystemdRestart::kOnFailure, false, true, false, true},
      {SystemdRestart::kOnAbnormal, false, false, false, true},
      {SystemdRestart::kOnAbort, false, false, false, true},
      {SystemdRestart::kOnWatchdog, false, false, false, false},
  };
  for (const RestartRow& row : rows) {
    const auto policy = MakeSystemdPolicy({.restart = row.restart});
    SCOPED_TRACE(policy->Describe());
    EXPECT_EQ(RestartsAfter(*policy, kStatus0), row.status0);
    EXPECT_EQ(RestartsAfter(*policy, kStatus1), row.status1);
    EXPECT_EQ(RestartsAfter(*policy, kTerm), row.term);
    EXPECT_EQ(RestartsAfter(*policy, kKilled), row.killed);
  }
}

TEST(Systemd, StatusSetsComeBeforeRestart) {
  const SystemdRules on_failure = {.restart = SystemdRestart::kOnFailure};
  SystemdRules success = on_failure, prevent = on_failure, force = {};
  success.success.statuses = {1};
  prevent.prevent.statuses = {1};
  force.force.statuses = {0};
  EXPECT_FALSE(RestartsAfter(*MakeSystemdPolicy(success), kStatus1));
  EXPECT_FALSE(RestartsAfter(*MakeSystemdPolicy(prevent), kStatus1));
  EXPECT_TRUE(RestartsAfter(*MakeSystemdPolicy(force), kStatus0));
  force.prevent.statuses = {0};
  EXPECT_FALSE(RestartsAfter(*MakeSystemdPolicy(force), kStatus0));
}

// Measured with 252: a duplicate of a notify service loops although it exits 0.
TEST(Systemd, NotifyThatEndsBeforeReadyIsAFailure) {
  const auto policy =
      MakeSystemdPolicy({.restart = SystemdRestart::kOnFailure, .type = SystemdType::kNotify});
  EXPECT_TRUE(RestartsAfter(*policy, kStatus0));
  EXPECT_FALSE(RestartsAfter(*policy, {.ended = 1s, .served = true}));
  EXPECT_EQ(StartCount(*policy, {.run_time = 50ms, .status = 0}, 10min), 5U);
}

// Measured with 252: a root-owned PID file that names the first instance.
TEST(Systemd, ForkingDuplicateThatExits0TakesOverTheProcessInThePidFile) {
  SystemdRules rules{.restart = SystemdRestart::kAlways, .type = SystemdType::kForking};
  rules.pid_file = "/run/web.pid";
  const Decision decision = MakeSystemdPolicy(rules)->Next({kStatus0});
  EXPECT_FALSE(decision.start_at);
  EXPECT_THAT(decision.why, HasSubstr("takes the process in /run/web.pid"));
  EXPECT_EQ(decision.adopts, "/run/web.pid");
  EXPECT_EQ(decision.removes, "");
  EXPECT_TRUE(RestartsAfter(*MakeSystemdPolicy(rules), kStatus1));
}

// Measured with 252: five starts, and failed.
TEST(Systemd, ForkingStartThatLeavesNoProcessHasFailedAlthoughItExits0) {
  const EndedRun run{.has_successor = false};
  SystemdRules rules{.restart = SystemdRestart::kOnFailure, .type = SystemdType::kForking};
  EXPECT_FALSE(RestartsAfter(*MakeSystemdPolicy(rules), run)) << "it has no PIDFile=";
  rules.pid_file = "/run/web.pid";
  EXPECT_TRUE(RestartsAfter(*MakeSystemdPolicy(rules), run));
  EXPECT_EQ(MakeSystemdPolicy(rules)->Next({run}).adopts, "");
  rules.restart = SystemdRestart::kOnSuccess;
  EXPECT_THAT(MakeSystemdPolicy(rules)->Next({run}).why, HasSubstr("protocol"));
}

// Measured with 252: after a duplicate's exit 1 the first instance's file was gone.
TEST(Systemd, AnyOtherEndRemovesThePidFile) {
  const auto policy = MakeSystemdPolicy({.pid_file = "/run/web.pid"});
  for (const EndedRun& run : {kStatus0, kStatus1, kKilled, EndedRun{.stopped = true}}) {
    EXPECT_EQ(policy->Next({run}).removes, "/run/web.pid");
    EXPECT_EQ(policy->Next({run}).adopts, "");
  }
  EXPECT_EQ(policy->Next({}).removes, "");
}

TEST(Systemd, OneshotTakesNoSignalForClean) {
  const auto policy =
      MakeSystemdPolicy({.restart = SystemdRestart::kOnFailure, .type = SystemdType::kOneshot});
  EXPECT_TRUE(RestartsAfter(*policy, kTerm));
}

TEST(Systemd, FiveStartsInTenSecondsAreTheLimit) {
  const auto policy = MakeSystemdPolicy({.restart = SystemdRestart::kAlways});
  const Prediction seen = Predict(*policy, {.run_time = 50ms}, 10min);
  EXPECT_THAT(seen.starts, ElementsAre(0ms, 150ms, 300ms, 450ms, 600ms));
  EXPECT_TRUE(seen.gave_up);
  EXPECT_EQ(seen.rest, "start-limit-hit: 5 starts in 10 s");
}

// The window is a fixed one: 15 starts with a period of 2 s were measured before it failed once a
// sixth start fell into one window; periods above interval / burst never fail.
TEST(Systemd, SlowLoopNeverMeetsTheLimit) {
  for (const auto restart_sec : {2100ms, 5000ms, 10000ms}) {
    const auto policy =
        MakeSystemdPolicy({.restart = SystemdRestart::kAlways, .restart_sec = restart_sec});
    const Prediction seen = Predict(*policy, {.run_time = 0ms}, 10min);
    EXPECT_FALSE(seen.gave_up) << restart_sec.count();
    EXPECT_EQ(seen.starts.size(), (10min + restart_sec - 1ms) / restart_sec);
  }
}

TEST(Systemd, ALimitOfZeroIsNoLimit) {
  for (const SystemdRules& rules :
       {SystemdRules{.restart = SystemdRestart::kAlways, .start_limit_interval = 0s},
        SystemdRules{.restart = SystemdRestart::kAlways, .start_limit_burst = 0}}) {
    EXPECT_EQ(StartCount(*MakeSystemdPolicy(rules), {.run_time = 50ms}, 60s), 400U);
  }
}

TEST(Systemd, StartByHandCountsForTheLimit) {
  const auto policy = MakeSystemdPolicy({.start_limit_burst = 1});
  EXPECT_FALSE(policy->Asked({{.started = 0s, .ended = 1s}}, 2s).start_at);
  EXPECT_EQ(policy->Asked({{.started = 0s, .ended = 1s}}, 11s).start_at, 11s);
}

TEST(Systemd, StepsGrowGeometricallyToTheLongestDelay) {
  SystemdRules rules{.restart = SystemdRestart::kAlways, .restart_sec = 1s, .restart_steps = 2};
  rules.restart_max_delay = 16s;
  rules.start_limit_burst = 0;
  const Prediction seen = Predict(*MakeSystemdPolicy(rules), {.run_time = 0ms}, 60s);
  EXPECT_THAT(seen.starts, ElementsAre(0s, 1s, 5s, 21s, 37s, 53s));
}

TEST(Systemd, StoppedByHandStaysDown) {
  const auto policy = MakeSystemdPolicy({.restart = SystemdRestart::kAlways});
  EXPECT_FALSE(RestartsAfter(*policy, {.ended = 1s, .stopped = true}));
}

}  // namespace
}  // namespace pidfall
