#include "harness/target/bundled.h"

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

TEST(BundledTest, OnlyTheReferenceStandsByAndAnswers) {
  const Target reference = BundledTarget("/bin", "serve-task-manager", "reference");
  EXPECT_EQ(reference.standby_arguments, (std::vector<std::string>{"--on-duplicate", "wait"}));
  EXPECT_EQ(reference.stop_command, "/bin/pidfall-guard stop {pid_file}");
  EXPECT_EQ(reference.status_command, "/bin/pidfall-guard status {pid_file}");
  for (const char* guard : {"none", "pidfile", "lockfile", "port"}) {
    const Target other = BundledTarget("/bin", "serve-task-manager", guard);
    EXPECT_TRUE(other.standby_arguments.empty()) << guard;
    EXPECT_TRUE(other.takeover_arguments.empty()) << guard;
    EXPECT_TRUE(other.status_command.empty()) << guard;
  }
}

TEST(BundledTest, TheOlderVersionWearsTheReportsGuard) {
  const Target reference = BundledTarget("/bin", "serve-task-manager", "reference");
  EXPECT_EQ(reference.older_command,
            BundledTarget("/bin", "serve-task-manager", "pidfile").command);
  EXPECT_TRUE(BundledTarget("/bin", "serve-task-manager", "none").older_command.empty());
}

TEST(BundledTest, TheProgramFolderIsOurs) {
  EXPECT_TRUE(std::filesystem::exists(ProgramFolder() + "/cli_unit_test"));
}

}  // namespace
}  // namespace pidfall
