#include "harness/observe/pid_file_search.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pidfall {
namespace {

namespace fs = std::filesystem;

class PidFileSearchTest : public testing::Test {
 protected:
  PidFileSearchTest() { fs::create_directories(folder_); }
  ~PidFileSearchTest() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ + name) << content;
    return folder_ + name;
  }

  std::string folder_ = testing::TempDir() + "search-" + std::to_string(getpid()) + "/";
};

TEST_F(PidFileSearchTest, TakesTheFileThatNamesAProcess) {
  const std::string other = Write("other", "310\n"), file = Write("state", "31\n");
  EXPECT_EQ(FindPidFile({other, file}, {30, 31}), file);
  EXPECT_EQ(FindPidFile({other}, {30, 31}), std::nullopt);
  EXPECT_EQ(FindPidFile({folder_, folder_ + "gone"}, {31}), std::nullopt);
}

TEST_F(PidFileSearchTest, PrefersTheNumberFirstThenTheNameThenTheShorterOne) {
  const std::string log = Write("pid.log", "started 31\n"), plain = Write("x-state", "31\n"),
                    named = Write("x-long-name.pid", "31\n"), shorter = Write("x.pid", "31\n");
  EXPECT_EQ(FindPidFile({log, plain}, {31}), plain);
  EXPECT_EQ(FindPidFile({log, plain, named}, {31}), named);
  EXPECT_EQ(FindPidFile({log, plain, named, shorter}, {31}), shorter);
}

TEST_F(PidFileSearchTest, ALinkWhoseTextHasThePidIsFound) {
  const std::string link = folder_ + "lock", other = folder_ + "current";
  fs::create_symlink("host:31", link);
  fs::create_symlink("version-310", other);
  EXPECT_EQ(FindLinks({link, other, Write("x.pid", "31\n")}, {30, 31}),
            std::vector<std::string>{link});
}

TEST_F(PidFileSearchTest, TooLargeAFileIsNoPidFile) {
  EXPECT_EQ(FindPidFile({Write("large", "31\n" + std::string(5000, ' '))}, {31}), std::nullopt);
}

TEST_F(PidFileSearchTest, ALogWhoseLinesBeginWithTheNumberIsNoPidFile) {
  const std::string log = Write("pid.log", "31 started\n31 serves on port 80\n");
  EXPECT_EQ(FindPidFile({log}, {31}), std::nullopt);
  const std::string record = Write("x.pid", "31\nport=80\nparent of 31\n");
  EXPECT_EQ(FindPidFile({log, record}, {31}), record);
}

TEST_F(PidFileSearchTest, APidInADatabaseIsNoTextAndThePaddingOfAPidFileIsNoDatabase) {
  const std::string nul(1, '\0');
  const std::string data = Write("x.pid", "format 3" + nul + " owner 31" + nul);
  EXPECT_TRUE(IsBinary(data));
  EXPECT_EQ(FindPidFile({data}, {31}), std::nullopt);
  const std::string padded = Write("y.pid", "31\n" + nul + nul);
  EXPECT_EQ(FindPidFile({padded}, {31}), padded);
  EXPECT_FALSE(IsBinary(Write("z.lock", "no pid")));
}

TEST_F(PidFileSearchTest, ALockFileIsSmallAndANamedLockFileComesFirst) {
  const std::string data = Write("data", std::string(5000, 'x')), state = Write("state", ""),
                    lock = Write("x.lock", "");
  EXPECT_EQ(FindLockFile({{data, "POSIX"}, {folder_ + "gone", "flock"}}), std::nullopt);
  EXPECT_EQ(FindLockFile({{data, "POSIX"}, {state, "flock"}, {lock, "flock"}}), lock);
  EXPECT_EQ(FindLockFile({{state, "flock"}}), state);
  EXPECT_EQ(FindLockFile({{lock, "lease"}}), std::nullopt);
}

TEST_F(PidFileSearchTest, IsPlainWithNothingButTheNumber) {
  EXPECT_TRUE(IsPlainPidFile(Write("a", "31\n"), {31}));
  EXPECT_FALSE(IsPlainPidFile(Write("b", "pid=31\n"), {31}));
}

}  // namespace
}  // namespace pidfall
