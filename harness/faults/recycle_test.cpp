#include "harness/faults/recycle.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "harness/process/fd.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// It names itself in its file and stays.
Target NamesItself() {
  return {.command = {"/bin/sh", "-c",
                      "echo $$ > {pid_file}; mkfifo {dir}/../fifo 2>/dev/null; "
                      "exec cat <> {dir}/../fifo"},
          .pid_file = "{pid_file}"};
}

TEST(RecycleTest, AKilledOwnerLeavesItsFileAndNoProcess) {
  EXPECT_EQ(OnStage(NamesItself(),
                    [](Stage& stage) -> std::string {
                      const pid_t number = LeaveFileBehind(stage);
                      if (kill(number, 0) == 0) return "it lives";
                      return PidFileNames(stage, number) ? "named" : PidFile(stage).content;
                    }),
            "named");
}

TEST(RecycleTest, TheFileNamesALiveStranger) {
  EXPECT_EQ(OnStage(NamesItself(),
                    [](Stage& stage) -> std::string {
                      Bystander& stranger = GiveToStranger(stage, LeaveFileBehind(stage));
                      if (kill(stranger.pid(), 0) != 0) return "it is dead";
                      return PidFileNames(stage, stranger.pid()) ? "named" : PidFile(stage).content;
                    }),
            "named");
}

TEST(RecycleTest, TheFileNamesALiveProgramWithItsWords) {
  EXPECT_EQ(OnStage(NamesItself(),
                    [](Stage& stage) -> std::string {
                      const Child namesake = GiveToNamesake(stage, LeaveFileBehind(stage));
                      std::string words =
                          ReadOrEmpty("/proc/" + std::to_string(namesake.pid) + "/cmdline");
                      if (words.find("echo $$") == std::string::npos) return words;
                      return PidFileNames(stage, namesake.pid) ? "named" : PidFile(stage).content;
                    }),
            "named");
}

TEST(RecycleTest, ATargetThatWritesNoPidIsNotConcerned) {
  const Target target = {
      .command = {"/bin/sh", "-c",
                  "echo on > {pid_file}; mkfifo {dir}/../fifo; exec cat <> {dir}/../fifo"},
      .pid_file = "{pid_file}"};
  EXPECT_EQ(OnStage(target, [](Stage& stage) { return std::to_string(LeaveFileBehind(stage)); }),
            "the pid file names no process of the owner's");
}

}  // namespace
}  // namespace pidfall
