#include "harness/kernel/sockets.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/kernel/port_claim.h"
#include "harness/kernel/process.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

UniqueFd ListenOn(int port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (bind(fd.get(), generic, sizeof(address)) != 0 || listen(fd.get(), 1) != 0) {
    ThrowErrno("listen on port " + std::to_string(port));
  }
  return fd;
}

UniqueFd ConnectTo(int port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ThrowErrno("connect to port " + std::to_string(port));
  }
  return fd;
}

// Asked by netlink, or read from /proc/net/tcp.
class SocketsTest : public testing::TestWithParam<bool> {
 protected:
  SocketsTest() {
    if (!GetParam()) setenv("PIDFALL_NO_SOCK_DIAG", "1", 1);
  }
  ~SocketsTest() override { unsetenv("PIDFALL_NO_SOCK_DIAG"); }

  const PortClaim claim_;
  const int port_ = claim_.port();
};

INSTANTIATE_TEST_SUITE_P(Sources, SocketsTest, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "SockDiag" : "Proc"; });

TEST_P(SocketsTest, AListenerIsFoundByItsHolder) {
  const UniqueFd listening = ListenOn(port_);
  const auto found = TcpSocketsOn(port_, TcpState::kListen);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(OpenSockets(getpid()).contains(found.front().inode));
}

TEST_P(SocketsTest, ASocketThatDoesNotListenIsNotFound) {
  const UniqueFd bound(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port_);
  ASSERT_EQ(bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_TRUE(TcpSocketsOn(port_, TcpState::kListen).empty());
}

TEST_P(SocketsTest, AClientIsNoListener) {
  const UniqueFd listening = ListenOn(port_);
  const UniqueFd client = ConnectTo(port_);
  EXPECT_EQ(TcpSocketsOn(port_, TcpState::kListen).size(), 1U);
  const auto connections = TcpSocketsOn(port_, TcpState::kEstablished);
  ASSERT_EQ(connections.size(), 1U);
  EXPECT_NE(connections.front().peer_port, port_);
}

TEST_P(SocketsTest, TheSideThatClosesFirstIsLeftInTimeWait) {
  const UniqueFd listening = ListenOn(port_);
  UniqueFd client = ConnectTo(port_);
  UniqueFd accepted(accept(listening.get(), nullptr, nullptr));
  accepted.Reset();
  char byte = 0;
  ASSERT_EQ(read(client.get(), &byte, 1), 0);
  client.Reset();
  const auto waiting = TcpSocketsOn(port_, TcpState::kTimeWait);
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting.front().inode, 0U);
}

TEST_P(SocketsTest, AListenerThatSomebodyConnectedToHasUnread) {
  const UniqueFd listening = ListenOn(port_);
  EXPECT_FALSE(TcpSocketsOn(port_, TcpState::kListen).front().has_unread);
  ConnectTo(port_);  // closed at once
  EXPECT_TRUE(TcpSocketsOn(port_, TcpState::kListen).front().has_unread);
}

TEST_P(SocketsTest, AClaimedPortCanBeTaken) { EXPECT_TRUE(ListenOn(port_)); }

}  // namespace
}  // namespace pidfall
