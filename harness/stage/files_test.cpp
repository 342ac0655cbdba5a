#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "harness/process/fd.h"
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
              stage.WritePidFile("31");
              const FileState before = stage.PidFile();
              if (before != stage.PidFile()) return "changed by itself";
              chmod(stage.pid_file().c_str(), 0600);
              return before == stage.PidFile() ? "mode unseen" : "seen";
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
              stage.MountSmallDisk();
              stage.FillDisk();
              std::string said = ErrorOfWriting(stage.pid_file());
              stage.FreeDisk();
              return said + ", " + ErrorOfWriting(stage.pid_file());
            }),
            "No space left on device, written");
}

TEST_F(SmallDiskTest, IsReadOnlyUntilItIsWritable) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              stage.MountSmallDisk();
              stage.MakeDiskReadOnly();
              std::string said = ErrorOfWriting(stage.pid_file());
              stage.MakeDiskWritable();
              return said + ", " + ErrorOfWriting(stage.pid_file());
            }),
            "Read-only file system, written");
}

TEST_F(SmallDiskTest, AFileOfProcShowsWhatItIsTold) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              stage.ShowInstead("/proc/sys/kernel/random/boot_id", "another\n");
              return ReadFile("/proc/sys/kernel/random/boot_id");
            }),
            "another\n");
}

TEST_F(SmallDiskTest, AForeignFileIsAnotherUsersUntilItIsRemoved) {
  EXPECT_EQ(OnStage(
                [](Stage& stage) {
                  stage.ActAs(User::kOrdinary);
                  stage.WritePidFile("99999");
                  const uid_t before = stage.PidFile().owner;
                  stage.MakeFileForeign(stage.pid_file());
                  const bool foreign = stage.PidFile().owner != before;
                  stage.RemoveForeignFile(stage.pid_file());
                  return std::string(foreign ? "foreign" : "own") +
                         (stage.PidFile().exists ? " there" : " gone");
                },
                true),
            "foreign gone");
}

TEST(FilesTest, ATargetWithoutAFileAfterAllIsNotApplicable) {
  EXPECT_EQ(OnStage([](Stage& stage) {
              stage.NeedOwnersFile();
              return "found";
            }),
            "the owner keeps no pid file");
}

}  // namespace
}  // namespace pidfall
