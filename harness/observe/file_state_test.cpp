#include "harness/observe/file_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

class FileStateTest : public testing::Test {
 protected:
  FileStateTest() {
    if (mkdtemp(folder_.data()) == nullptr) ThrowErrno("mkdtemp");
  }
  ~FileStateTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_ = testing::TempDir() + "file_state_XXXXXX";
};

TEST_F(FileStateTest, StatesAreEqualUntilSomethingChanges) {
  const std::string path = folder_ + "/file";
  WriteFile(path, "31");
  const FileState before = ReadState(path);
  EXPECT_EQ(ReadState(path), before);
  chmod(path.c_str(), 0600);
  EXPECT_NE(ReadState(path), before);
}

TEST_F(FileStateTest, LinkIsNotFollowedAndFifoIsNotWaitedFor) {
  std::filesystem::create_symlink("/etc/passwd", folder_ + "/link");
  ASSERT_EQ(mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(ReadState(folder_ + "/link").content, "");
  EXPECT_EQ(ReadState(folder_ + "/fifo").content, "");
}

TEST(FileState, DescriptionIsShortAndPrintable) {
  using testing::StartsWith;
  EXPECT_THAT(FileState({.exists = true, .content = std::string("3\n\0\x1b", 4)}).Describe(),
              StartsWith("\"3\\n??\""));
  EXPECT_THAT(FileState({.exists = true, .content = std::string(1000, '9')}).Describe(),
              StartsWith("\"" + std::string(40, '9') + "... 1000 bytes\""));
  EXPECT_EQ(FileState().Describe(), "no file");
}

TEST(FileState, TheTimeOfAnEmptyFileIsIgnored) {
  const FileState empty{.exists = true, .inode = 1, .mode = S_IFREG, .modified_ns = 1};
  FileState later = empty;
  later.modified_ns = 2;
  EXPECT_EQ(empty, later);
  later.inode = 2;
  EXPECT_FALSE(empty == later);
  const FileState full{.exists = true, .content = "31", .inode = 1, .modified_ns = 1};
  FileState touched = full;
  touched.modified_ns = 2;
  EXPECT_FALSE(full == touched);
}

TEST(FileState, ContentsThatDifferInDigitsOnlyAreLike) {
  EXPECT_TRUE(IsLike({.content = "pid 31\n"}, {.content = "pid 4\n"}));
  EXPECT_FALSE(IsLike({.content = "pid 31\n"}, {.content = "pid 31 started\n"}));
}

TEST(FileState, AnOwnerThatHasWrittenLessYetHasWrittenTheBeginning) {
  EXPECT_TRUE(IsLikeBeginningOf({.content = "31\n"}, {.content = "4\nalive at 2.5\n"}));
  EXPECT_FALSE(IsLikeBeginningOf({.content = "GET /\n"}, {.content = "4\nalive at 2.5\n"}));
}

}  // namespace
}  // namespace pidfall
