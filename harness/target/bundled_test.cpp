#include "harness/target/bundled.h"

#include <gtest/gtest.h>

#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

using Words = std::vector<std::string>;

TEST(BundledTest, AServerIsTheFileOfItsNameAndAGuardAVariantInIt) {
  const Target target = BundledTarget("serve-task-manager", "pidfile");
  EXPECT_EQ(target.command,
            (Words{ProgramFolder() + "/serve-task-manager", "--host", "{host}", "--port", "{port}",
                   "--pid-file", "{pid_file}", "--on-duplicate", "auto", "--guard", "pidfile"}));
  EXPECT_EQ(target.port, 8767);
  EXPECT_EQ(target.health_path, "/tasks-overview-priority.html");
  EXPECT_EQ(target.pid_file, "{pid_file}");
  EXPECT_EQ(target.duplicate_exit, 0);
}

TEST(BundledTest, EveryServerCanUseEveryGuard) {
  EXPECT_EQ(BundledServers(), (Words{"serve-task-manager", "save-task-notes", "task-notes-api"}));
  EXPECT_EQ(Strategies(), (Words{"none", "pidfile", "lockfile", "port", "reference"}));
  for (const std::string& server : BundledServers()) {
    for (const std::string& guard : Strategies()) {
      EXPECT_EQ(BundledTarget(server, guard).command.back(), guard) << server;
    }
  }
}

TEST(BundledTest, TheOlderVersionIsTheOneWithThePlainPidFile) {
  EXPECT_EQ(BundledTarget("task-notes-api", "reference").older_command,
            BundledTarget("task-notes-api", "pidfile").command);
  EXPECT_TRUE(BundledTarget("task-notes-api", "none").older_command.empty());
}

}  // namespace
}  // namespace pidfall
