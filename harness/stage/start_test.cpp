#include "harness/stage/start.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/sandbox/features.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::Contains;
using testing::ElementsAre;

// The output of a start of the script, once it has ended.
std::string Printed(const std::string& script, const StartOptions& options) {
  return OnStage({.command = {"/bin/sh", "-c", script}, .pid_file = "{pid_file}"},
                 [&](Stage& stage) -> std::string {
                   const Instance& instance = stage.Start(options);
                   const auto ended = [&] { return instance.ended(); };
                   if (!stage.WaitUntil(ended, Stage::kSettleBound)) return "it did not end";
                   return instance.output();
                 });
}

TEST(FillInTest, EachPlaceholderBecomesItsValue) {
  const Places places{
      .port = 8767, .pid_file = "/run/x.pid", .host = "::1", .folder = "/run", .command = "serve"};
  EXPECT_THAT(FillIn({"--port={port}", "{pid_file}", "{host}", "{dir}/{dir}", "as is"}, places),
              ElementsAre("--port=8767", "/run/x.pid", "::1", "/run//run", "as is"));
}

TEST(FillInTest, PlaceholdersInTheCommandAreFilledToo) {
  EXPECT_THAT(FillIn({"{command} --stop"}, {.port = 1, .command = "serve {port}"}),
              ElementsAre("serve 1 --stop"));
}

TEST(SandboxForTest, FolderOfThePidFileIsWritableAndProgramsAreVisible) {
  const SandboxOptions options =
      SandboxFor({.command = {"/opt/serve", "--quiet"}, .pid_file = "/run/x/x.pid"});
  EXPECT_THAT(options.own_layer, ElementsAre("/run/x"));
  EXPECT_THAT(options.keep_visible, Contains("/opt/serve"));
}

TEST(StartTest, IgnoredSignalsOfTheHarnessAreNotInherited) {
  const auto before = signal(SIGINT, SIG_IGN);
  const std::string printed = Printed("grep SigIgn /proc/self/status", {});
  signal(SIGINT, before);
  EXPECT_EQ(printed, "SigIgn:\t0000000000000000\n");
}

TEST(StartTest, ProcessGroupIsItsOwn) {
  EXPECT_EQ(Printed("test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo own", {}), "own\n");
}

TEST(StartTest, LimitsAreThoseOfTheOptions) {
  EXPECT_EQ(Printed("umask; ulimit -n", {.most_files = 17, .umask = 027}), "0027\n17\n");
}

// The status of its first write, in a file.
std::string StatusOfWrite(Output output) {
  return OnStage({.command = {"/bin/sh", "-c", "(echo x) 2>/dev/null; echo $? > {dir}/status"},
                  .pid_file = "{pid_file}"},
                 [&](Stage& stage) {
                   stage.Gone(stage.Start({.output = output}), Stage::kSettleBound);
                   return ReadFile(stage.folder() + "/status");
                 });
}

TEST(StartTest, WriteFailsOnAFullDiskAndToAClosedOutput) {
  EXPECT_EQ(StatusOfWrite(Output::kCaptured), "0\n");
  EXPECT_NE(StatusOfWrite(Output::kFullDisk), "0\n");
  EXPECT_NE(StatusOfWrite(Output::kClosed), "0\n");
}

TEST(StartTest, NumberInThePidFileBecomesItsOwn) {
  EXPECT_EQ(OnStage({.command = {"/bin/sh", "-c", "test $(cat {pid_file}) = $$ && echo own"},
                     .pid_file = "{pid_file}"},
                    [](Stage& stage) -> std::string {
                      WriteFile(stage.pid_file(), "99999\n");
                      const Instance& instance = stage.Start({.takes_place_of = 99999});
                      stage.Gone(instance, Stage::kSettleBound);
                      return instance.output();
                    }),
            "own\n");
}

TEST(StartTest, HostNameOfOneStartIsNoOthers) {
  if (!FullSandboxWorks()) GTEST_SKIP() << "it needs a uts namespace";
  EXPECT_EQ(Printed("uname -n", {.host_name = "elsewhere"}), "elsewhere\n");
  EXPECT_NE(Printed("uname -n", {}), "elsewhere\n");
}

}  // namespace
}  // namespace pidfall
