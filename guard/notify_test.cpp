#include "guard/notify.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

class NotifyTest : public testing::Test {
 protected:
  void TearDown() override { unsetenv("NOTIFY_SOCKET"); }

  TempFolder folder_;
};

TEST_F(NotifyTest, ReachesASocketWithAPath) {
  const ServiceManager manager(folder_.path("socket"));
  EXPECT_TRUE(Notify("READY=1\nSTATUS=Owner"));
  EXPECT_EQ(manager.Receive(), "READY=1\nSTATUS=Owner");
}

TEST_F(NotifyTest, ReachesAnAbstractSocket) {
  const ServiceManager manager("@pidfall-notify-test-" + std::to_string(getpid()));
  EXPECT_TRUE(Notify("READY=1"));
  EXPECT_EQ(manager.Receive(), "READY=1");
}

TEST_F(NotifyTest, ReachesAPathThatFillsTheWholeAddress) {
  std::string path = folder_.path("");
  path.resize(sizeof(sockaddr_un::sun_path), 'x');
  const ServiceManager manager(path);
  EXPECT_TRUE(Notify("READY=1"));
  EXPECT_EQ(manager.Receive(), "READY=1");
}

TEST_F(NotifyTest, SendsNothingWithoutANotifySocket) {
  unsetenv("NOTIFY_SOCKET");
  EXPECT_FALSE(Notify("READY=1"));
  for (const std::string& address :
       {std::string(""), std::string("/"), std::string("relative"), std::string("vsock:2:1234"),
        folder_.path("nobody"), "/" + std::string(200, 'x')}) {
    setenv("NOTIFY_SOCKET", address.c_str(), 1);
    EXPECT_FALSE(Notify("READY=1")) << address;
  }
}

// It waits for a second at most, and the start goes on.
TEST_F(NotifyTest, IsNotHeldUpByAManagerThatDoesNotRead) {
  const ServiceManager manager(folder_.path("socket"));
  while (Notify("STATUS=again")) {
  }
  EXPECT_EQ(manager.Receive(), "STATUS=again");
}

TEST_F(NotifyTest, LeavesNoDescriptorOpen) {
  const ServiceManager manager(folder_.path("socket"));
  const int next = dup(STDIN_FILENO);
  close(next);
  Notify("READY=1");
  EXPECT_EQ(dup(STDIN_FILENO), next);
  close(next);
}

}  // namespace
}  // namespace pidfall::guard
