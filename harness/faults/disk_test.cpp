#include "harness/faults/disk.h"

#include <gtest/gtest.h>

#include <system_error>

#include "harness/faults/users.h"
#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

std::string ErrorOfWriting(const std::string& path) {
  try {
    WriteFile(path, "31");
    return "written";
  } catch (const std::system_error& error) {
    return std::generic_category().message(error.code().value());
  }
}

class SmallDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  }
};

TEST_F(SmallDiskTest, IsFullUntilItIsFreed) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      MountSmallDisk(stage);
                      FillDisk(stage);
                      std::string said = ErrorOfWriting(stage.pid_file());
                      FreeDisk(stage);
                      return said + ", " + ErrorOfWriting(stage.pid_file());
                    }),
            "No space left on device, written");
}

TEST_F(SmallDiskTest, IsReadOnlyUntilItIsWritable) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      MountSmallDisk(stage);
                      MakeDiskReadOnly(stage);
                      std::string said = ErrorOfWriting(stage.pid_file());
                      MakeDiskWritable(stage);
                      return said + ", " + ErrorOfWriting(stage.pid_file());
                    }),
            "Read-only file system, written");
}

constexpr char kHidden[] =
    "the target starts from its pid file's folder, which the disk would hide";

std::string Mounted(Stage& stage) {
  MountSmallDisk(stage);
  return "mounted";
}

TEST_F(SmallDiskTest, HidesNothingInTheEmptyFolderThatAServerIsGiven) {
  const std::string folder = OnStage(NoServer(), [](Stage& stage) { return stage.folder(); });
  Target given = NoServer();
  given.command.push_back(folder);
  EXPECT_EQ(OnStage(given, Mounted), "mounted");
  EXPECT_EQ(OnStage(given,
                    [](Stage& stage) {
                      WriteFile(stage.folder() + "/settings", "");
                      return Mounted(stage);
                    }),
            kHidden);
}

TEST_F(SmallDiskTest, HidesAnEmptyFolderBelow) {
  const std::string folder = OnStage(NoServer(), [](Stage& stage) { return stage.folder(); });
  Target given = NoServer();
  given.command.push_back(folder + "/data");
  EXPECT_EQ(OnStage(given,
                    [](Stage& stage) {
                      MakeFolder(stage, stage.folder() + "/data");
                      return Mounted(stage);
                    }),
            kHidden);
}

}  // namespace
}  // namespace pidfall
