// The binds that Linux itself refuses and grants: the scenarios of the family "port" rely on them.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

#include "harness/kernel/port_claim.h"
#include "harness/kernel/sockets.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

// As careful servers do: with SO_REUSEADDR, without SO_REUSEPORT. Invalid when it is refused.
UniqueFd Listen(const std::string& address, int port, bool reuse_port = false) {
  const bool six = address.find(':') != std::string::npos;
  sockaddr_in6 in6{};
  sockaddr_in in4{};
  inet_pton(AF_INET6, address.c_str(), &in6.sin6_addr);
  inet_pton(AF_INET, address.c_str(), &in4.sin_addr);
  in6.sin6_family = AF_INET6;
  in4.sin_family = AF_INET;
  in6.sin6_port = in4.sin_port = htons(static_cast<uint16_t>(port));
  UniqueFd fd(socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, reuse_port ? SO_REUSEPORT : SO_REUSEADDR, &on, sizeof(on));
  const auto* at =
      six ? reinterpret_cast<const sockaddr*>(&in6) : reinterpret_cast<const sockaddr*>(&in4);
  const socklen_t size = six ? sizeof(in6) : sizeof(in4);
  if (bind(fd.get(), at, size) != 0 || listen(fd.get(), 1) != 0) return {};
  return fd;
}

TEST(Shadowing, WildcardBesideLoopbackIsRefused) {
  const PortClaim claim;
  const int port = claim.port();
  const UniqueFd owner = Listen("127.0.0.1", port);
  ASSERT_TRUE(owner);
  EXPECT_FALSE(Listen("0.0.0.0", port));
}

TEST(Shadowing, TheOtherLoopbackIsGranted) {
  if (!CanListenOnIpv6Loopback()) GTEST_SKIP() << "IPv6 is switched off here";
  const PortClaim claim;
  const int port = claim.port();
  const UniqueFd owner = Listen("127.0.0.1", port);
  ASSERT_TRUE(owner);
  EXPECT_TRUE(Listen("::1", port));
}

TEST(Shadowing, ReuseportOnBothSidesIsGranted) {
  const PortClaim claim;
  const int port = claim.port();
  const UniqueFd owner = Listen("127.0.0.1", port, true);
  ASSERT_TRUE(owner);
  EXPECT_TRUE(Listen("127.0.0.1", port, true));
  EXPECT_TRUE(Listen("0.0.0.0", port, true));
}

}  // namespace
}  // namespace pidfall
