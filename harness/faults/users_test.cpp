#include "harness/faults/users.h"

#include <gtest/gtest.h>

#include "harness/faults/pid_file.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

TEST(UsersTest, AForeignFileIsAnotherUsersUntilItIsRemoved) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      ActAs(stage, User::kOrdinary);
                      WritePidFile(stage, "99999");
                      const uid_t before = PidFile(stage).owner;
                      MakeFileForeign(stage, stage.pid_file());
                      const bool foreign = PidFile(stage).owner != before;
                      RemoveForeignFile(stage, stage.pid_file());
                      return std::string(foreign ? "foreign" : "own") +
                             (PidFile(stage).exists ? " there" : " gone");
                    },
                    {.second_user = true}),
            "foreign gone");
}

}  // namespace
}  // namespace pidfall
