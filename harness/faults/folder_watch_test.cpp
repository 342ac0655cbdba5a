#include "harness/faults/folder_watch.h"

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

TEST_F(FolderWatchTest, NewFileIsSeen) {
  const FolderWatch watch(folder_);
  EXPECT_FALSE(watch.SawNew());
  WriteFile(folder_ + "/new", "");
  EXPECT_TRUE(watch.SawNew());
}

TEST_F(FolderWatchTest, FileMovedInIsSeen) {
  WriteFile(folder_ + ".elsewhere", "");
  const FolderWatch watch(folder_);
  std::filesystem::rename(folder_ + ".elsewhere", folder_ + "/moved");
  EXPECT_TRUE(watch.SawNew());
}

TEST_F(FolderWatchTest, OldFileRewrittenOrRemovedIsNothingNew) {
  WriteFile(folder_ + "/old", "1");
  const FolderWatch watch(folder_);
  WriteFile(folder_ + "/old", "2");
  std::filesystem::remove(folder_ + "/old");
  EXPECT_FALSE(watch.SawNew());
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
