#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "harness/faults/clock.h"
#include "harness/faults/disk.h"
#include "harness/faults/pid_file.h"
#include "harness/faults/users.h"
#include "harness/process/fd.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

constexpr Duration kBound = std::chrono::seconds(10);

const Target kTarget{.command = {"/bin/true"}, .pid_file = "{pid_file}"};

// What `story` says of a stage in a sandbox; an early end is said by its reason.
std::string OnStage(const std::function<std::string(Stage&)>& story, bool second_user = false) {
  return TellInSandbox(
      {.second_user = second_user},
      [&](const World& world) -> std::string {
        try {
          Stage stage(kTarget, world);
          return story(stage);
        } catch (const std::exception& error) {
          return error.what();
        }
      },
      kBound);
}

std::string ErrorOfWriting(const std::string& path) {
  try {
    WriteFile(path, "31");
    return "written";
  } catch (const std::system_error& error) {
    return std::generic_category().message(error.code().value());
  }
}

TEST(FilesTest, AStateIsEqualUntilSomethingChanges) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              WritePidFile(stage, "31");
              const FileState before = PidFile(stage);
              if (before != PidFile(stage)) return "changed by itself";
              chmod(stage.pid_file().c_str(), 0600);
              return before == PidFile(stage) ? "mode unseen" : "seen";
            }),
            "seen");
}

TEST(FilesTest, ALinkIsNotFollowedAndAFifoNotWaitedOn) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              std::filesystem::create_symlink("/etc/passwd", stage.folder() + "/link");
              mkfifo((stage.folder() + "/fifo").c_str(), 0600);
              return ReadState(stage.folder() + "/link").content +
                     ReadState(stage.folder() + "/fifo").content + "nothing";
            }),
            "nothing");
}

TEST(FilesTest, EvidenceIsShortAndPrintable) {
  EXPECT_TRUE(FileState({.exists = true, .content = std::string("3\n\0\x1b", 4)})
                  .Describe()
                  .starts_with("\"3\\n??\""));
  EXPECT_TRUE(FileState({.exists = true, .content = std::string(1000, '9')})
                  .Describe()
                  .starts_with("\"" + std::string(40, '9') + "... 1000 bytes\""));
  EXPECT_EQ(FileState().Describe(), "no file");
}

class SmallDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  }
};

TEST_F(SmallDiskTest, IsFullUntilItIsFreed) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              MountSmallDisk(stage);
              FillDisk(stage);
              std::string said = ErrorOfWriting(stage.pid_file());
              FreeDisk(stage);
              return said + ", " + ErrorOfWriting(stage.pid_file());
            }),
            "No space left on device, written");
}

TEST_F(SmallDiskTest, IsReadOnlyUntilItIsWritable) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              MountSmallDisk(stage);
              MakeDiskReadOnly(stage);
              std::string said = ErrorOfWriting(stage.pid_file());
              MakeDiskWritable(stage);
              return said + ", " + ErrorOfWriting(stage.pid_file());
            }),
            "Read-only file system, written");
}

TEST_F(SmallDiskTest, AFileOfProcShowsWhatItIsTold) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              ShowInstead(stage, "/proc/sys/kernel/random/boot_id", "another\n");
              return ReadFile("/proc/sys/kernel/random/boot_id");
            }),
            "another\n");
}

TEST_F(SmallDiskTest, AForeignFileIsAnotherUsersUntilItIsRemoved) {
  EXPECT_EQ(OnStage(
                [](Stage& stage) {
                  ActAs(stage, User::kOrdinary);
                  WritePidFile(stage, "99999");
                  const uid_t before = PidFile(stage).owner;
                  MakeFileForeign(stage, stage.pid_file());
                  const bool foreign = PidFile(stage).owner != before;
                  RemoveForeignFile(stage, stage.pid_file());
                  return std::string(foreign ? "foreign" : "own") +
                         (PidFile(stage).exists ? " there" : " gone");
                },
                true),
            "foreign gone");
}

TEST(FilesTest, ATargetWithoutAFileAfterAllIsNotApplicable) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              NeedOwnersFile(stage);
              return "found";
            }),
            "the owner keeps no pid file");
}

}  // namespace
}  // namespace pidfall
