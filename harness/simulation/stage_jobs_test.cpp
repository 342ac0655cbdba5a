#include "harness/simulation/stage_jobs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <filesystem>

#include "harness/process/fd.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/story_end.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

constexpr auto kLockBound = 5s;

// Shell commands as actors; a target without a port serves by staying.
class StageJobsTest : public testing::Test {
 protected:
  StageJobsTest() {
    world_.folder = testing::TempDir() + "stage_jobs_XXXXXX";
    if (mkdtemp(world_.folder.data()) == nullptr) ThrowErrno("mkdtemp");
    stage_.emplace(target_, world_);
    blocker_ = stage_->harness_folder() + "/blocker";
    if (mkfifo(blocker_.c_str(), 0600) != 0) ThrowErrno("mkfifo");
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // as in a sandbox
  }
  ~StageJobsTest() override {
    stage_->EndAll();
    std::filesystem::remove_all(world_.folder);
  }

  static StageActor Shell(const std::string& script) {
    return {.start = {.command = {"/bin/sh", "-c", script}}};
  }
  // Looks until the first actor is in one of these states.
  static JobSighting Await(StageJobs& jobs, JobState state) {
    const auto deadline = std::chrono::steady_clock::now() + kLockBound;
    JobSighting seen;
    do {
      seen = jobs.Look(100ms).at(0);
    } while (seen.state != state && std::chrono::steady_clock::now() < deadline);
    return seen;
  }

  Target target_{.command = {"/bin/false"}};
  World world_;
  std::optional<Stage> stage_;
  std::string blocker_;  // a FIFO without a writer: an open of it blocks
};

TEST_F(StageJobsTest, EndTellsStatusOrSignal) {
  StageJobs jobs(*stage_, {Shell("exit 3")});
  jobs.Start(0, {});
  EXPECT_EQ(Await(jobs, JobState::kEnded).status, 3);
  StageJobs others(*stage_, {Shell("kill -9 $$")});
  others.Start(0, {});
  EXPECT_EQ(Await(others, JobState::kEnded).signal, SIGKILL);
}

TEST_F(StageJobsTest, NeverStartedCountsAsEnded) {
  StageJobs jobs(*stage_, {Shell("exit 0"), Shell("exit 0")});
  EXPECT_EQ(jobs.Look(0ns).at(1).state, JobState::kEnded);
}

TEST_F(StageJobsTest, WaiterForALockWaitsUntilTheOwnerEnds) {
  const std::string lock = stage_->folder() + "/lock";
  StageJobs jobs(*stage_, {Shell("exec flock " + lock + " true"),
                           Shell("exec flock " + lock + " sh -c 'read x < " + lock + ".fifo'")});
  ASSERT_EQ(mkfifo((lock + ".fifo").c_str(), 0600), 0);
  jobs.Start(1, {});
  ASSERT_TRUE(stage_->WaitUntil([&] { return std::filesystem::exists(lock); }, kLockBound));
  while (jobs.Look(100ms).at(1).state == JobState::kBusy) {
  }
  jobs.Start(0, {});
  EXPECT_EQ(Await(jobs, JobState::kWaits).state, JobState::kWaits);
  WriteFile(lock + ".fifo", "go\n");
  EXPECT_EQ(Await(jobs, JobState::kEnded).status, 0);
}

TEST_F(StageJobsTest, WhatOthersGotOfTheProcessorIsLeftOut) {
  const StageActor spins = Shell(
      "taskset -cp \"$(taskset -cp $$ | sed 's/.*: //;s/[,-].*//')\" $$; "
      "while :; do :; done");
  StageJobs jobs(*stage_, {spins, spins});
  jobs.Start(0, {});
  jobs.Start(1, {});
  const auto deadline = std::chrono::steady_clock::now() + kLockBound;
  while (jobs.LeftOut() < 100ms && std::chrono::steady_clock::now() < deadline) jobs.Look(100ms);
  EXPECT_GE(jobs.LeftOut(), 100ms);
}

TEST_F(StageJobsTest, SupervisorsEnvironmentAndFolderReachTheJob) {
  StageJobs jobs(*stage_, {Shell("test \"$LABEL\" = x && test \"$PWD\" = /usr")});
  jobs.Start(0, {.environment = {{"LABEL", "x"}}, .working_directory = "/usr"});
  EXPECT_EQ(Await(jobs, JobState::kEnded).status, 0);
}

TEST_F(StageJobsTest, ForASupervisorTheMainProcessIsAll) {
  const std::string leaves_one = "cat " + blocker_ + " & exit 0";
  StageJobs by_hand(*stage_, {Shell(leaves_one)});
  by_hand.Start(0, {});
  EXPECT_EQ(Await(by_hand, JobState::kServes).state, JobState::kServes);
  StageJobs supervised(*stage_, {Shell(leaves_one)});
  supervised.Start(0, {.supervised = true});
  EXPECT_EQ(Await(supervised, JobState::kEnded).state, JobState::kEnded);
  EXPECT_EQ(supervised.StartsBesideAnOwner(), 1);
}

TEST_F(StageJobsTest, GroupEndsWithItsMainProcess) {
  StageJobs jobs(*stage_, {Shell("cat " + blocker_ + " & exit 0")});
  jobs.Start(0, {.end_group_with_it = true});
  EXPECT_EQ(Await(jobs, JobState::kEnded).state, JobState::kEnded);
}

TEST_F(StageJobsTest, SignalThatIsBeingHandledMeansThatItNoLongerServes) {
  StageJobs jobs(*stage_, {Shell("trap 'exit 5' TERM; cat " + blocker_ + " & wait")});
  jobs.Start(0, {});
  ASSERT_EQ(Await(jobs, JobState::kServes).state, JobState::kServes);
  jobs.Signal(0, SIGTERM);
  EXPECT_NE(jobs.Look(0ns).at(0).state, JobState::kServes);
}

TEST_F(StageJobsTest, SignalByThePidFileIsWaitedForToo) {
  StageJobs jobs(*stage_, {Shell("trap '' TERM; exec cat " + blocker_)});
  const JobStarted started = jobs.Start(0, {.supervised = true});
  ASSERT_EQ(Await(jobs, JobState::kServes).state, JobState::kServes);
  jobs.Make({.file = "{pid_file}", .text = std::to_string(started.pid)});
  jobs.SignalRecorded("{pid_file}", SIGTERM);
  EXPECT_EQ(jobs.Look(0ns).at(0).state, JobState::kBusy);
  EXPECT_EQ(Await(jobs, JobState::kServes).state, JobState::kServes);
}

TEST_F(StageJobsTest, SignalThatIsIgnoredLeavesItServing) {
  StageJobs jobs(*stage_, {Shell("trap '' TERM; exec cat " + blocker_)});
  jobs.Start(0, {});
  ASSERT_EQ(Await(jobs, JobState::kServes).state, JobState::kServes);
  jobs.Signal(0, SIGTERM);
  EXPECT_TRUE(jobs.Look(0ns).at(0).still_serves);
  EXPECT_EQ(Await(jobs, JobState::kServes).state, JobState::kServes);
}

TEST_F(StageJobsTest, FilesOfATimelineAreWrittenAndRemoved) {
  StageJobs jobs(*stage_, {});
  jobs.Make({.file = "{pid_file}", .text = "99999"});
  EXPECT_EQ(PidFile(*stage_).content, "99999");
  jobs.Make({.kind = Change::Kind::kRemove, .file = "{pid_file}"});
  EXPECT_FALSE(PidFile(*stage_).exists);
}

TEST_F(StageJobsTest, SupervisorTouchesOnlyTheTargetsPidFile) {
  StageJobs jobs(*stage_, {Shell("trap 'exit 5' TERM; cat " + blocker_ + " & wait")});
  const JobStarted started = jobs.Start(0, {.supervised = true});
  ASSERT_EQ(Await(jobs, JobState::kServes).state, JobState::kServes);
  const std::string other = stage_->folder() + "/other";
  for (const char* file : {"{pid_file}", "{dir}/other"}) {
    jobs.Make({.file = file, .text = std::to_string(started.pid) + "\n"});
  }
  jobs.RemovePidFile(other);
  EXPECT_TRUE(std::filesystem::exists(other));
  jobs.SignalRecorded(other, SIGTERM);
  EXPECT_EQ(Await(jobs, JobState::kServes).state, JobState::kServes);
  jobs.SignalRecorded("{pid_file}", SIGTERM);
  EXPECT_EQ(Await(jobs, JobState::kEnded).status, 5);
  jobs.RemovePidFile(stage_->pid_file());
  EXPECT_FALSE(PidFile(*stage_).exists);
}

TEST_F(StageJobsTest, SuccessorIsInThePidFileOrWasLeftBehind) {
  StageJobs jobs(*stage_, {Shell("exit 0"), Shell("exec cat " + blocker_)});
  jobs.Start(0, {.supervised = true});
  const JobStarted other = jobs.Start(1, {});
  Await(jobs, JobState::kEnded);
  EXPECT_FALSE(jobs.HasSuccessor(0, "{pid_file}"));
  jobs.Make({.file = "{pid_file}", .text = "4194303\n"});
  EXPECT_FALSE(jobs.HasSuccessor(0, "{pid_file}"));
  jobs.Make({.file = "{pid_file}", .text = std::to_string(other.pid) + "\n"});
  EXPECT_TRUE(jobs.HasSuccessor(0, "{pid_file}"));
  StageJobs leaving(*stage_, {Shell("cat " + blocker_ + " & exit 0")});
  leaving.Start(0, {.supervised = true});
  Await(leaving, JobState::kEnded);
  jobs.Make({.kind = Change::Kind::kRemove, .file = "{pid_file}"});
  EXPECT_TRUE(leaving.HasSuccessor(0, "{pid_file}"));
}

TEST_F(StageJobsTest, SurroundingsChangeAsTheTimelineSays) {
  StageJobs jobs(*stage_, {});
  const std::string folder = stage_->folder();
  jobs.Make({.file = "{run}/state/data", .text = "old"});
  jobs.Make({.kind = Change::Kind::kCopy, .file = "{run}/state", .text = "{dir}/clone"});
  EXPECT_EQ(ReadFile(folder + "/clone/data"), "old");
  jobs.Make({.file = "{dir}/next", .text = "new"});
  jobs.Make({.kind = Change::Kind::kLink, .file = "{dir}/link", .text = "{dir}/clone/data"});
  const UniqueFd before = OpenFile(folder + "/clone/data", O_RDONLY);
  jobs.Make({.kind = Change::Kind::kReplace, .file = "{dir}/clone/data", .text = "{dir}/next"});
  EXPECT_EQ(ReadFile(folder + "/link"), "new");
  EXPECT_EQ(ReadFile("/proc/self/fd/" + std::to_string(before.get())), "old");
  jobs.Make({.kind = Change::Kind::kNewBoot});
  EXPECT_TRUE(std::filesystem::is_empty(folder + "/run"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/clone/data"));
}

TEST_F(StageJobsTest, AStrangersSignalsAreToldInTheEnd) {
  StageJobs jobs(*stage_, {{.is_bystander = true}});
  const JobStarted stranger = jobs.Start(0, {});
  EXPECT_EQ(jobs.Look(0ns).at(0).state, JobState::kWaits);
  jobs.Make({.file = "{pid_file}", .text = "{pid 0}"});
  EXPECT_EQ(PidFile(*stage_).content, std::to_string(stranger.pid));
  kill(stranger.pid, SIGHUP);
  SimulationLog log{.actors = {{.name = "stranger"}}};
  jobs.Complete(&log, {"{pid_file}", "{dir}/gone"});
  EXPECT_EQ(log.actors[0].signals, std::vector<std::string>{"SIGHUP"});
  EXPECT_EQ(log.files.at("{pid_file}").content, std::to_string(stranger.pid));
  EXPECT_FALSE(log.files.at("{dir}/gone").exists);
}

TEST_F(StageJobsTest, WithoutNamespacesAPidIsWrittenIntoTheFile) {
  StageJobs jobs(*stage_, {Shell("exec cat " + blocker_), {.is_bystander = true}});
  jobs.Make({.file = "{pid_file}", .text = "4194303\n"});
  const JobStarted stranger = jobs.Start(1, {.pid = 4194303});
  EXPECT_EQ(PidFile(*stage_).content, std::to_string(stranger.pid) + "\n");
  jobs.Start(0, {.pid = stranger.pid});
  Await(jobs, JobState::kServes);
  EXPECT_EQ(PidFile(*stage_).content, std::to_string(stage_->instances().back().pid()) + "\n");
  SimulationLog log{.actors = {{.name = "a"}, {.name = "b"}}};
  jobs.Complete(&log, {});
  EXPECT_EQ(log.notes.size(), 2U);
  EXPECT_THROW(jobs.Start(0, {.pid = 77}), Skip);
}

TEST_F(StageJobsTest, AtTheEndOfAllEverybodyHasEnded) {
  StageJobs jobs(*stage_, {Shell("exec cat " + blocker_), {.is_bystander = true}});
  jobs.Start(0, {});
  jobs.Start(1, {});
  Await(jobs, JobState::kServes);
  jobs.EndAll();
  EXPECT_EQ(jobs.Look(0ns).at(0).state, JobState::kEnded);
  EXPECT_EQ(jobs.Look(0ns).at(1).state, JobState::kEnded);
  SimulationLog log{.actors = {{.name = "a"}, {.name = "b"}}};
  jobs.Complete(&log, {});
  EXPECT_EQ(log.actors[1].signals, std::vector<std::string>{});  // ours is not told
}

TEST_F(StageJobsTest, AKilledOneThatNobodyReapsIsAZombie) {
  StageJobs jobs(*stage_, {Shell("exec cat " + blocker_)});
  const JobStarted started = jobs.Start(0, {});
  Await(jobs, JobState::kServes);
  jobs.KeepUnreaped(0);
  jobs.Signal(0, SIGKILL);
  EXPECT_EQ(Await(jobs, JobState::kEnded).state, JobState::kEnded);
  EXPECT_EQ(kill(started.pid, 0), 0);
}

}  // namespace
}  // namespace pidfall
