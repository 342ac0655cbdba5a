#include "harness/observe/folder_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>

namespace pidfall {
namespace {

using testing::HasSubstr;

class FolderWatchTest : public testing::Test {
 protected:
  FolderWatchTest() {
    if (mkdtemp(folder_.data()) == nullptr) ThrowErrno("mkdtemp");
  }
  ~FolderWatchTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_ = testing::TempDir() + "folder_watch_XXXXXX";
};

TEST_F(FolderWatchTest, ANewFileIsAChangeOnce) {
  const FolderWatch watch(folder_);
  EXPECT_FALSE(watch.TakeChanges());
  WriteFile(folder_ + "/new", "");
  EXPECT_TRUE(watch.TakeChanges());
  EXPECT_FALSE(watch.TakeChanges());
}

TEST_F(FolderWatchTest, AFileMovedInIsAChange) {
  WriteFile(folder_ + ".elsewhere", "");
  const FolderWatch watch(folder_);
  std::filesystem::rename(folder_ + ".elsewhere", folder_ + "/moved");
  EXPECT_TRUE(watch.TakeChanges());
}

TEST_F(FolderWatchTest, ReadingIsNoChange) {
  WriteFile(folder_ + "/old", "1");
  const FolderWatch watch(folder_);
  EXPECT_EQ(ReadFile(folder_ + "/old"), "1");
  EXPECT_FALSE(watch.TakeChanges());
}

TEST(FolderWatch, MissingFolderIsNamed) {
  try {
    const FolderWatch watch("/nowhere/at/all");
    FAIL() << "it watches nothing";
  } catch (const std::system_error& error) {
    EXPECT_THAT(std::string(error.what()), HasSubstr("/nowhere/at/all"));
  }
}

}  // namespace
}  // namespace pidfall
