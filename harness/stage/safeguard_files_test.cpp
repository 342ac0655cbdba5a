#include "harness/stage/safeguard_files.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>

#include "harness/process/fd.h"
#include "harness/stage/settle.h"
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

// It wakes often; at a signal it writes its file and sleeps for good.
constexpr char kWritesAtSignal[] = R"(
import os, signal, sys, time
def write(*_):
    open(sys.argv[1] + '.new', 'w').write('done')
    os.rename(sys.argv[1] + '.new', sys.argv[1])
    signal.pause()
signal.signal(signal.SIGUSR1, write)
open(sys.argv[1] + '.ready', 'w')
while True: time.sleep(0.01)
)";

constexpr Duration kStartBound = std::chrono::seconds(10);
constexpr Duration kLooksForRest = std::chrono::milliseconds(300);  // then AwaitFile does so, too

// As a thread does that writes the file late, and ends.
TEST(SafeguardFilesTest, AFileThatIsWrittenLastBeforeTheRestIsSeen) {
  const Target target = {.command = {"/usr/bin/python3", "-c", kWritesAtSignal, "{pid_file}"},
                         .pid_file = "{pid_file}"};
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) {
                      Instance& owner = stage.Start();
                      const std::string ready = stage.pid_file() + ".ready";
                      stage.WaitUntil([&] { return ReadState(ready).exists; }, kStartBound);
                      const auto began = std::chrono::steady_clock::now();
                      bool signalled = false;
                      const auto looks_too_early = [&] {
                        const bool is = PidFile(stage).exists;
                        const auto age = std::chrono::steady_clock::now() - began;
                        if (signalled || age < kLooksForRest) return is;
                        stage.Signal(owner, SIGUSR1);
                        const auto is_done = [&] {
                          return PidFile(stage).exists && AllAtRest(stage);
                        };
                        stage.WaitUntil(is_done, kStartBound);
                        signalled = true;
                        return is;
                      };
                      return AwaitFile(stage, looks_too_early) ? "seen" : "missed";
                    }),
            "seen");
}

}  // namespace
}  // namespace pidfall
