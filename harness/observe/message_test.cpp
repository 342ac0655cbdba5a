#include "harness/observe/message.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(MessageTest, APidStandsNearAWordForIt) {
  EXPECT_TRUE(NamesPid("Task Manager already running (PID 31)", 31));
  EXPECT_TRUE(NamesPid("If stuck, kill it: kill 31", 31));
  EXPECT_TRUE(NamesPid("already running: 31", 31));
  EXPECT_TRUE(NamesPid("port 8767 is in use by [31]", 31));
  EXPECT_TRUE(NamesPid("another process (python3, pid=31) has it", 31));
}

TEST(MessageTest, AVersionATimeAndALongerNumberNameNoPid) {
  EXPECT_FALSE(NamesPid("server 1.2.3456789: already running", 3));
  EXPECT_FALSE(NamesPid("running 1.31", 31));
  EXPECT_FALSE(NamesPid("2026-11-28 10:31:00 already running", 31));
  EXPECT_FALSE(NamesPid("server 31.2 is running", 31));
  EXPECT_FALSE(NamesPid("already running (PID 310)", 31));
  EXPECT_FALSE(NamesPid("retry 31", 31));
}

TEST(MessageTest, APortIsNamedBehindItsAddress) {
  EXPECT_TRUE(NamesNumber("cannot bind 127.0.0.1:8767: Address already in use", 8767));
  EXPECT_TRUE(NamesNumber("Port 8767 is already in use.", 8767));
  EXPECT_FALSE(NamesNumber("version 1.8767", 8767));
  EXPECT_FALSE(NamesNumber("Address already in use", 8767));
}

TEST(MessageTest, SourceCodeInATracebackNamesNothing) {
  const std::string traceback =
      "Traceback (most recent call last):\n"
      "  File \"/srv/serve.py\", line 3, in <module>\n"
      "    a=S((\"0.0.0.0\",8134))\n"
      "OSError: [Errno 98] Address already in use\n";
  EXPECT_FALSE(NamesNumber(traceback, 8134));
  EXPECT_TRUE(NamesNumber(traceback + "port 8134\n", 8134));
}

}  // namespace
}  // namespace pidfall
