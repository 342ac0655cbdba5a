#include "harness/stage/bystander.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "harness/kernel/http.h"
#include "harness/kernel/port_claim.h"
#include "harness/kernel/process.h"
#include "harness/process/clone.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

using Names = std::vector<std::string>;

TEST(Bystander, SignalsSentJustNowAreRecordedInFull) {
  for (int round = 0; round < 50; ++round) {
    Bystander bystander({});
    kill(bystander.pid(), SIGTERM);
    kill(bystander.pid(), SIGHUP);
    Names names = bystander.Signals();
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (Names{"SIGHUP", "SIGTERM"}));
    EXPECT_EQ(bystander.Signals().size(), 2U);
    bystander.End();
  }
}

TEST(Bystander, LeftAloneHasNoSignals) {
  Bystander bystander({});
  EXPECT_TRUE(bystander.Signals().empty());
  EXPECT_TRUE(bystander.Signals().empty());
  bystander.End();
}

// If it stayed ours, the kernel would refuse the signals of a target of another user.
TEST(Bystander, BelongsToTheUserThatIsNamed) {
  if (geteuid() != 0) GTEST_SKIP() << "an ordinary user is nobody else";
  constexpr uid_t kTargets = 61008;
  Bystander bystander({.user = kTargets});
  EXPECT_EQ(UserOf(bystander.pid()), kTargets);
  const Child target = Clone({}, [&] {
    BecomeUser(kTargets);
    return kill(bystander.pid(), SIGTERM);
  });
  EXPECT_EQ(Reap(target), Ending{});
  EXPECT_EQ(bystander.Signals(), Names{"SIGTERM"});
  bystander.End();
}

TEST(Bystander, AnswersOnItsPortAndRecordsSignalsToo) {
  const PortClaim port;
  const Endpoint endpoint{.port = port.port()};
  Bystander bystander({.listen_on = endpoint, .answers = true});
  constexpr auto kBound = std::chrono::seconds(5);
  for (int round = 0; round < 2; ++round) EXPECT_EQ(HttpGet(endpoint, "/", kBound).status, 200);
  kill(bystander.pid(), SIGTERM);
  EXPECT_EQ(bystander.Signals(), Names{"SIGTERM"});
  bystander.End();
}

TEST(Bystander, ListensWhereAConnectionIsInTimeWait) {
  const PortClaim port;
  const Endpoint endpoint{.port = port.port()};
  Bystander last({.listen_on = endpoint, .answers = true});
  EXPECT_TRUE(HttpGet(endpoint, "/", std::chrono::seconds(5)).closed_by_server);
  last.End();
  Bystander next({.listen_on = endpoint});
  next.End();
}

TEST(Bystander, StoppedSaysSo) {
  Bystander bystander({});
  kill(bystander.pid(), SIGSTOP);
  while (ReadProcess(bystander.pid())->state != 'T') {
  }
  EXPECT_EQ(bystander.Signals(), Names{"SIGSTOP"});
  bystander.End();
}

}  // namespace
}  // namespace pidfall
