#include "harness/observe/hint.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(HintedCommand, LightBulbOrTryGivesTheTextAfterTheLastColon) {
  EXPECT_EQ(HintedCommand("ℹ️  X already running (PID 7)\n💡 If stuck, kill it: kill 7\n"),
            "kill 7");
  EXPECT_EQ(HintedCommand("Port 1 is in use\nTry: lsof -ti :1 | xargs kill\n"),
            "lsof -ti :1 | xargs kill");
}

TEST(HintedCommand, ACommandThatEndsProcessesNeedsNoMark) {
  EXPECT_EQ(HintedCommand("x: already running (pid 3); to end it: kill 3\n"), "kill 3");
  EXPECT_EQ(HintedCommand("runs already. Stop it: kill -TERM 3.\n"), "kill -TERM 3");
  EXPECT_EQ(HintedCommand("Run \"systemctl stop x\" or \"kill 3\" first.\n"), "kill 3");
  EXPECT_EQ(HintedCommand("port in use\nstop it with: lsof -ti :80 | xargs kill\n"),
            "lsof -ti :80 | xargs kill");
  EXPECT_EQ(HintedCommand("free it by \"kill $(lsof -ti :80)\" first\n"), "kill $(lsof -ti :80)");
  EXPECT_EQ(HintedCommand("free the port (sudo fuser -k 80/tcp)\n"), "sudo fuser -k 80/tcp");
}

TEST(HintedCommand, TheWordAloneIsNoCommand) {
  EXPECT_EQ(HintedCommand("kill it, or wait (or \"kill it\")\n"), "");
  EXPECT_EQ(HintedCommand("pid 3 would not let us kill 'x'\n"), "");
  EXPECT_EQ(HintedCommand("skill 3\n"), "");
}

TEST(HintedCommand, AMegabyteInOneLineIsNone) {
  EXPECT_EQ(HintedCommand("end it: kill 3" + std::string(1 << 20, 'x')), "");
}

TEST(HintedCommand, MessageWithoutAHintIsEmpty) {
  EXPECT_EQ(HintedCommand("Error: address in use\nbye: 1\n"), "");
  EXPECT_EQ(HintedCommand("💡 ask your administrator\n"), "");
  EXPECT_EQ(HintedCommand(""), "");
}

}  // namespace
}  // namespace pidfall
