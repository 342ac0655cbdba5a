#include "harness/supervisor/described_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/input/secrets.h"

namespace pidfall {
namespace {

using testing::ElementsAre;

class DescribedTargetTest : public testing::Test {
 protected:
  DescribedTargetTest() : folder_(mkdtemp(pattern_)) {}
  ~DescribedTargetTest() override { std::filesystem::remove_all(folder_); }
  std::string Write(const char* name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  char pattern_[32] = "/tmp/pidfall-target.XXXXXX";
  std::filesystem::path folder_;
};

constexpr char kUnit[] =
    "[Service]\nExecStart=/bin/web --port 1\nWorkingDirectory=/srv\nEnvironment=TOKEN=hunter2x\n";

TEST_F(DescribedTargetTest, UnitGivesCommandFolderAndEnvironment) {
  const std::string unit = Write("web.service", kUnit);
  const Target target = DescribedTarget({.policy = unit});
  EXPECT_THAT(target.command, ElementsAre("/bin/web", "--port", "1"));
  EXPECT_EQ(target.folder, "/srv");
  EXPECT_THAT(target.environment, ElementsAre("TOKEN=hunter2x"));
  EXPECT_EQ(target.policy, unit);
  EXPECT_EQ(WithoutSecrets("hunter2x"), "[TOKEN]");
}

TEST_F(DescribedTargetTest, TargetFileDescribesItUnderThePolicy) {
  const std::string unit = Write("web.service", kUnit);
  const std::string file = Write("web.toml", "command = [\"/bin/other\"]\n");
  const Description both{.policy = unit, .target_file = file};
  EXPECT_THAT(DescribedTarget(both).command, ElementsAre("/bin/other"));
  EXPECT_EQ(DescribedTarget(both).policy, unit);
  EXPECT_EQ(DescribingFile(both), unit);
  EXPECT_EQ(DescribingFile({.policy = "docker", .target_file = file}), file);
}

TEST_F(DescribedTargetTest, RelativeFileOfAPolicyBecomesAbsolute) {
  Write("web.service", kUnit);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  const std::string policy = DescribedTarget({.policy = "web.service"}).policy;
  std::filesystem::current_path(before);
  EXPECT_EQ(policy, folder_ / "web.service");
}

TEST_F(DescribedTargetTest, NothingDescribesItWithoutAFile) {
  EXPECT_EQ(DescribedTarget({}), Target{.folder = ""});
  EXPECT_EQ(DescribingFile({}), "");
}

}  // namespace
}  // namespace pidfall
