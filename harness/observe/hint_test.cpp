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

TEST(HintedCommand, MessageWithoutAHintIsEmpty) {
  EXPECT_EQ(HintedCommand("Error: address in use\nbye: 1\n"), "");
  EXPECT_EQ(HintedCommand("💡 ask your administrator\n"), "");
  EXPECT_EQ(HintedCommand(""), "");
}

}  // namespace
}  // namespace pidfall
