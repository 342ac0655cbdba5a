#include "harness/cli/bundled.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace pidfall {
namespace {

TEST(BundledTest, ATargetIsACommandLineWithPlaceholders) {
  const Target target = BundledTarget("/bin", "serve-task-manager", "pidfile");
  EXPECT_EQ(target.command,
            (std::vector<std::string>{"/bin/serve-task-manager", "--guard", "pidfile", "--host",
                                      "{host}", "--port", "{port}", "--pid-file", "{pid_file}",
                                      "--on-duplicate", "auto"}));
  EXPECT_EQ(target.port, 8767);
  EXPECT_EQ(target.health_path, "/tasks-overview-priority.html");
  EXPECT_EQ(target.pid_file, "{pid_file}");
  EXPECT_EQ(target.duplicate_exit, 0);
}

TEST(BundledTest, StrategiesWithoutAPidFileSaySo) {
  EXPECT_FALSE(BundledTarget("/bin", "task-notes-api", "none").pid_file);
  EXPECT_FALSE(BundledTarget("/bin", "task-notes-api", "port").pid_file);
  EXPECT_EQ(BundledTarget("/bin", "task-notes-api", "none").duplicate_exit, 1);
}

TEST(BundledTest, TheProgramFolderIsOurs) {
  EXPECT_TRUE(std::filesystem::exists(ProgramFolder() + "/cli_unit_test"));
}

}  // namespace
}  // namespace pidfall
