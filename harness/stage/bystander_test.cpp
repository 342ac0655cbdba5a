#include "harness/stage/bystander.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "harness/probe/process.h"

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
