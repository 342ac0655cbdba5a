#include "harness/stage/impaired_start.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

// The file "bad" beside its pid file impairs it; then it does `impaired`.
Target ImpairedBy(const std::string& impaired) {
  return {.command = {"/bin/sh", "-c",
                      "[ -e {dir}/bad ] && { " + impaired +
                          "; }; echo $$ > {pid_file}; "
                          "mkfifo {dir}/../fifo 2>/dev/null; exec cat <> {dir}/../fifo"},
          .pid_file = "{pid_file}"};
}

std::string Judged(const Target& target) {
  return OnStage(target, [](Stage& stage) -> std::string {
    const std::string bad = stage.folder() + "/bad";
    WriteFile(bad, "");
    ImpairedStart start(stage, {.clause = "C8", .what = "it is bad", .names = "server.pid"});
    start.ExpectFailsClosed();
    unlink(bad.c_str());
    start.ExpectNextServes();
    return stage.evidence().weaknesses().empty() ? "kept" : "a weakness";
  });
}

TEST(ImpairedStartTest, AFailureThatNamesTheFileKeepsTheClause) {
  EXPECT_EQ(Judged(ImpairedBy("echo cannot write server.pid; exit 1")), "kept");
}

TEST(ImpairedStartTest, AFailureWithStatusZeroIsABreach) {
  EXPECT_THAT(Judged(ImpairedBy("echo cannot write server.pid; exit 0")),
              HasSubstr("ended with status 0"));
}

TEST(ImpairedStartTest, AFaultThatOutlivesItsCauseIsABreach) {
  EXPECT_THAT(Judged(ImpairedBy("mv {dir}/bad {dir}/still; cp {dir}/still {dir}/bad; "
                                "echo cannot write server.pid; exit 1; }; "
                                "[ -e {dir}/still ] && { echo still bad; exit 1")),
              HasSubstr("although the fault is over (it is bad)"));
}

TEST(ImpairedStartTest, ACrashIsAWeakness) {
  EXPECT_EQ(Judged(ImpairedBy("echo cannot write server.pid; kill -SEGV $$")), "a weakness");
  EXPECT_EQ(Judged(ImpairedBy("echo cannot write server.pid; kill -ABRT $$")), "a weakness");
}

TEST(ImpairedStartTest, ACrashThatLeavesItsPidFileIsABreach) {
  EXPECT_THAT(Judged(ImpairedBy("echo 1 > {pid_file}; kill -SEGV $$")),
              HasSubstr("(Segmentation fault) and left its pid file behind when it is bad"));
}

TEST(ImpairedStartTest, AnEndBySignalFromOutsideIsABreach) {
  EXPECT_THAT(Judged(ImpairedBy("echo cannot write server.pid; kill -KILL $$")),
              HasSubstr("ended with signal 9"));
}

TEST(ImpairedStartTest, APidFileThatIsLeftIsAWeakness) {
  EXPECT_EQ(Judged(ImpairedBy("echo 1 > {pid_file}; echo cannot write server.pid; exit 1")),
            "a weakness");
}

}  // namespace
}  // namespace pidfall
