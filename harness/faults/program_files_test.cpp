#include "harness/faults/program_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "harness/observe/file_state.h"
#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

class ProgramFilesTest : public testing::Test {
 protected:
  ProgramFilesTest() {
    fs::create_directories(folder_);
    WriteFile(script_, "exit 0\n");
  }
  ~ProgramFilesTest() override { fs::remove_all(folder_); }

  std::string folder_ = testing::TempDir() + "pidfall-program-" + std::to_string(getpid());
  std::string script_ = folder_ + "/serve.sh";
};

TEST_F(ProgramFilesTest, AFileIsNamedByItsWholePathOrFromTheFolder) {
  const Target relative = {.command = {"sh", "serve.sh", "--port", "80"}, .folder = folder_};
  EXPECT_EQ(WithWholePaths(relative), (Words{"sh", script_, "--port", "80"}));
  const Target whole = {.command = {"sh", script_, "/nowhere"}, .folder = folder_};
  EXPECT_EQ(WithRelativePaths(whole), (Words{"sh", "./serve.sh", "/nowhere"}));
}

// As an upgrade does: another file of the same content, and the machine's own stays.
TEST_F(ProgramFilesTest, ACopyTakesThePlaceOfTheFileThatRuns) {
  EXPECT_EQ(OnStage({.command = {"sh", script_}, .folder = folder_},
                    [&](Stage& stage) -> std::string {
                      ProgramFiles files(stage);
                      const std::string& used = files.command().back();
                      const FileState before = ReadState(used);
                      const FileState own = ReadState(script_);
                      files.Replace();
                      if (ReadState(script_) != own) return "the machine's own changed";
                      const FileState after = ReadState(used);
                      return after.content == before.content && after.inode != before.inode
                                 ? "another"
                                 : "the same";
                    }),
            "another");
}

TEST_F(ProgramFilesTest, ACommandWithoutAFileIsNotConcerned) {
  EXPECT_EQ(OnStage({.command = {"true"}},
                    [](Stage& stage) {
                      ProgramFiles(stage).Replace();
                      return "replaced";
                    }),
            "its command names no file");
}

}  // namespace
}  // namespace pidfall
