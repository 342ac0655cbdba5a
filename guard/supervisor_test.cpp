#include "guard/supervisor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace pidfall::guard {
namespace {

class SupervisorTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"XPC_SERVICE_NAME", "INVOCATION_ID", "SYSTEMD_EXEC_PID",
                             "SUPERVISOR_ENABLED", "SUPERVISOR_PROCESS_NAME"}) {
      unsetenv(name);
    }
  }
  static Supervisor Detect(pid_t self = 4711) { return DetectSupervisor(self, Look::kEnvironment); }
};

TEST_F(SupervisorTest, APersonIsNotASupervisor) { EXPECT_FALSE(Detect().Present()); }

TEST_F(SupervisorTest, LaunchdNamesTheLabel) {
  setenv("XPC_SERVICE_NAME", "com.example.server", 1);
  EXPECT_EQ(Detect().kind, "launchd");
  EXPECT_EQ(Detect().unit, "com.example.server");
}

TEST_F(SupervisorTest, ATerminalOfLaunchdsIsAPerson) {
  setenv("XPC_SERVICE_NAME", "0", 1);
  EXPECT_FALSE(Detect().Present());
  setenv("XPC_SERVICE_NAME", "application.com.apple.Terminal.1.2", 1);
  EXPECT_FALSE(Detect().Present());
}

TEST_F(SupervisorTest, SystemdCountsForItsOwnChildOnly) {
  setenv("INVOCATION_ID", "abc", 1);
  EXPECT_FALSE(Detect().Present());
  setenv("SYSTEMD_EXEC_PID", "1234", 1);
  EXPECT_FALSE(Detect().Present()) << "a descendant, started by a person or a script";
  setenv("SYSTEMD_EXEC_PID", "4711", 1);
  EXPECT_EQ(Detect().kind, "systemd");
}

TEST_F(SupervisorTest, SupervisordAndContainers) {
  EXPECT_EQ(Detect(1).kind, "container");
  setenv("SUPERVISOR_ENABLED", "1", 1);
  EXPECT_EQ(Detect().kind, "supervisord");
}

TEST(StopCommand, IsTheSupervisorsOwn) {
  EXPECT_EQ(StopCommand({"launchd", "com.x"}, 501), "launchctl bootout gui/501/com.x");
  EXPECT_EQ(StopCommand({"launchd", "com.x"}, 0), "launchctl bootout system/com.x");
  EXPECT_EQ(StopCommand({"systemd", "x.service"}, 0), "systemctl stop x.service");
  EXPECT_EQ(StopCommand({"systemd", "--user x.service"}, 501), "systemctl stop --user x.service");
  EXPECT_EQ(StopCommand({"runit", ""}, 0), "");
}

}  // namespace
}  // namespace pidfall::guard
