#include "harness/stage/safeguard_files.h"

#include <gtest/gtest.h>

#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

TEST(SafeguardFilesTest, ATargetThatWritesNoFileIsNotApplicable) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      NeedOwnersFile(stage);
                      return "found";
                    }),
            "the owner keeps no pid file");
}

// A server without a port: it does this to its pid file, and stays.
Target Writes(const std::string& what) {
  return {.command = {"/bin/sh", "-c",
                      what + "; mkfifo {dir}/../fifo 2>/dev/null; exec cat <> {dir}/../fifo"},
          .pid_file = "{pid_file}"};
}

TEST(SafeguardFilesTest, AFileOfTheOwnerBeforeIsNotTakenForTheOwners) {
  EXPECT_EQ(OnStage(Writes("sleep 0.4; echo $$ > {pid_file}"),
                    [](Stage& stage) {
                      WriteFile(stage.pid_file(), "99999\n");
                      const Instance& owner = stage.Start();
                      AwaitOwnersFile(stage);
                      return PidFileNames(stage, owner) ? "its own" : "another's";
                    }),
            "its own");
}

TEST(SafeguardFilesTest, WhatTheOwnerWritesLateIsInItsFile) {
  EXPECT_EQ(OnStage(Writes("echo $$ > {pid_file}; sleep 0.3; echo ready > {pid_file}"),
                    [](Stage& stage) {
                      stage.Start();
                      return NeedOwnersFile(stage).content;
                    }),
            "ready\n");
}

}  // namespace
}  // namespace pidfall
