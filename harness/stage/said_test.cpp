#include "harness/stage/said.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/process/fd.h"
#include "harness/sandbox/sandbox.h"
#include "harness/stage/settle.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;

// What a start said that runs `script` and ends. Its folder is the machine's.
std::string SaidIn(const std::string& folder, const std::string& script) {
  const Target target{.command = {"/bin/sh", "-c", script},
                      .pid_file = folder + "/server.pid",
                      .as_deployed = true};
  const auto said = [](Stage& stage) {
    Instance& start = stage.Start();
    Settle(stage, start);
    return SaidBy(stage, start);
  };
  return OnStage(target, said, {.as_deployed = true, .own_layer = {folder}});
}

class SaidTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  const std::string folder_ = testing::TempDir() + "said_test." + std::to_string(getpid());
};

TEST_F(SaidTest, AFileThatAProgramOutsideWritesIsNotSaid) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const std::string log = folder_ + "/other.log";
  WriteFile(log, "of another");
  std::filesystem::last_write_time(
      log, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(SaidIn(folder_, "echo its own"), "its own\n");
}

TEST_F(SaidTest, TheEndOfALogIsSaid) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const std::string said = SaidIn(
      folder_, "cd " + folder_ + "; (echo begins; yes | head -c 20000; echo ends) > own.log");
  EXPECT_THAT(said, HasSubstr("y\nends\n"));
  EXPECT_THAT(said, Not(HasSubstr("begins")));
}

}  // namespace
}  // namespace pidfall
