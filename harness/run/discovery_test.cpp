#include "harness/run/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace pidfall {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// It waits without a timeout, so that it is seen to stay at once.
constexpr char kStay[] = "; mkfifo {dir}/fifo 2>/dev/null; exec cat <> {dir}/fifo";

Target Shell(const std::string& script) {
  return {.command = {"/bin/sh", "-c", script}, .pid_file = "{pid_file}"};
}

TEST(DiscoveryTest, AStartThatEndsSaysHowAndWhatItPrinted) {
  const Found found = Discover(Shell("echo no configuration; exit 3"));
  EXPECT_FALSE(found.stays);
  EXPECT_THAT(found.why_not, StartsWith("it ended with status 3"));
  EXPECT_THAT(found.why_not, HasSubstr("no configuration"));
}

TEST(DiscoveryTest, AFileThatHoldsItsPidIsAPidFile) {
  const Found found = Discover(Shell(std::string("echo $$ > {pid_file}") + kStay));
  ASSERT_TRUE(found.stays) << found.why_not;
  EXPECT_THAT(found.pid_file.value_or("none"), EndsWith(".pid"));
  EXPECT_TRUE(found.has_plain_pid_file);
  EXPECT_TRUE(found.file_ends_line);
}

TEST(DiscoveryTest, APidFileWithMoreThanThePidIsNotPlain) {
  const Found found = Discover(Shell(std::string("printf '%s started' $$ > {pid_file}") + kStay));
  ASSERT_TRUE(found.pid_file.has_value());
  EXPECT_FALSE(found.has_plain_pid_file);
  EXPECT_FALSE(found.file_ends_line);
}

TEST(DiscoveryTest, ASecondStartWithoutAGuardServesToo) {
  const Found found = Discover(Shell(std::string("echo $$ > {pid_file}") + kStay));
  EXPECT_EQ(found.duplicate, "serves too");
  EXPECT_EQ(found.duplicate_exit, std::nullopt);
}

TEST(DiscoveryTest, TheStatusOfADuplicateIsLearnt) {
  const Found found =
      Discover(Shell(std::string("set -C; echo $$ > {pid_file} || exit 7") + kStay));
  EXPECT_EQ(found.duplicate, "ends with status 7");
  EXPECT_EQ(found.duplicate_exit, 7);
}

TEST(DiscoveryTest, ItsEndAndTheFileThatItLeavesAreTold) {
  const Found found = Discover(Shell(std::string("echo $$ > {pid_file}") + kStay));
  EXPECT_THAT(found.ends_on_sigterm, StartsWith("signal 15 (Terminated) after "));
  EXPECT_TRUE(found.pid_file_left);
}

TEST(DiscoveryTest, AHelperInASessionOfItsOwnDoesNotHideItsEnd) {
  const Found found =
      Discover(Shell(std::string("mkfifo {dir}/helper 2>/dev/null; setsid cat <> {dir}/helper & "
                                 "echo $$ > {pid_file}") +
                     kStay));
  EXPECT_THAT(found.ends_on_sigterm, StartsWith("signal 15 (Terminated) after "));
  EXPECT_TRUE(found.pid_file_left);
}

TEST(DiscoveryTest, ALauncherThatEndsLeavesItInTheBackground) {
  const Found found = Discover(
      Shell("mkfifo {dir}/fifo 2>/dev/null; cat <> {dir}/fifo & echo $! > {pid_file}; exit 0"));
  ASSERT_TRUE(found.stays) << found.why_not;
  EXPECT_TRUE(found.in_background);
  EXPECT_EQ(found.launcher_ending, "status 0");
}

}  // namespace
}  // namespace pidfall
