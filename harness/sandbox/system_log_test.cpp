#include "harness/sandbox/system_log.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>

namespace pidfall {
namespace {

// As syslog(3) does.
void Send(const std::string& path, const std::string& message) {
  const UniqueFd sender(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const auto* to = reinterpret_cast<const sockaddr*>(&address);
  ASSERT_GT(sendto(sender.get(), message.data(), message.size(), 0, to, sizeof(address)), 0);
}

TEST(SystemLogTest, EachMessageIsALineOfTheFile) {
  const std::string base = testing::TempDir() + "system-log-" + std::to_string(getpid());
  const SystemLog log(base + ".socket", base);
  Send(base + ".socket", "<29>one");
  Send(base + ".socket", "<29>two");
  log.Collect();
  AwaitCollected(log.socket());
  EXPECT_EQ(ReadFile(base), "<29>one\n<29>two\n");
  unlink((base + ".socket").c_str());
  unlink(base.c_str());
}

TEST(SystemLogTest, WhereNoSocketCanBeMadeNothingIsCollected) {
  EXPECT_EQ(SystemLog("/proc/no/such/folder", "/dev/null").socket(), -1);
}

}  // namespace
}  // namespace pidfall
