#include "harness/run/probed_target.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

constexpr ProbeOptions kUnsandboxed{.unsandboxed = true};

// It waits without a timeout, so that it is seen to stay at once.
Target Stays(const std::string& before) {
  return {.command = {"/bin/sh", "-c",
                      before + "; mkfifo {dir}/fifo 2>/dev/null; exec cat <> {dir}/fifo"}};
}

TEST(ProbedTargetTest, TargetThatEndsNeverServed) {
  const ProbeAnswer answer = ProbeTarget({.command = {"/bin/false"}}, kUnsandboxed);
  EXPECT_EQ(answer.failure, ProbeFailure::kNeverServed);
  EXPECT_EQ(answer.found.why_not.substr(0, 26), "it ended with status 1; it");
}

TEST(ProbedTargetTest, TargetThatStaysIsCompletedByWhatWasFound) {
  const ProbeAnswer answer =
      ProbeTarget(Stays("set -C; echo $$ > {pid_file} || exit 7"), kUnsandboxed);
  EXPECT_EQ(answer.failure, ProbeFailure::kNone);
  EXPECT_EQ(answer.target.duplicate_exit, 7);
}

TEST(ProbedTargetTest, PlaceholderInALongerNameIsNoPidFile) {
  const ProbeAnswer answer = ProbeTarget(Stays("mkdir {pid_file}.d"), kUnsandboxed);
  EXPECT_EQ(answer.failure, ProbeFailure::kNone);
  EXPECT_EQ(answer.target.pid_file, std::nullopt);
}

TEST(ProbedTargetTest, PlaceholderOfAFolderOrASocketIsNoPidFile) {
  for (const char* makes : {"mkdir {pid_file}",
                            "/usr/bin/python3 -c 'import socket, sys; "
                            "socket.socket(socket.AF_UNIX).bind(sys.argv[1])' {pid_file}"}) {
    const ProbeAnswer answer = ProbeTarget(Stays(makes), kUnsandboxed);
    EXPECT_EQ(answer.failure, ProbeFailure::kNone) << makes;
    EXPECT_EQ(answer.target.pid_file, std::nullopt) << makes;
  }
}

TEST(ProbedTargetTest, DeclaredPidFileStaysOneBesideALongerName) {
  Target target = Stays("mkdir {pid_file}.d");
  target.pid_file = "{pid_file}";
  EXPECT_TRUE(ProbeTarget(target, kUnsandboxed).target.pid_file.has_value());
}

TEST(ProbedTargetTest, PlaceholderOfAPortGivesItOne) {
  const ProbeAnswer answer = ProbeTarget({.command = {"/bin/false", "{port}"}}, kUnsandboxed);
  EXPECT_TRUE(answer.target.port.has_value());
}

}  // namespace
}  // namespace pidfall
