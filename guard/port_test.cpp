#include "guard/port.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>

#include "guard/listeners.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

using testing::HasSubstr;

int PortOf(int socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

// On a port that the kernel chooses; -1 with errno.
int Listen(const std::string& address) {
  sockaddr_in6 six = {};
  six.sin6_family = AF_INET6;
  sockaddr_in four = {};
  four.sin_family = AF_INET;
  const bool is_six = inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1;
  if (!is_six) inet_pton(AF_INET, address.c_str(), &four.sin_addr);
  const int listening = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto* at =
      is_six ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
  const socklen_t size = is_six ? sizeof six : sizeof four;
  return bind(listening, at, size) == 0 && listen(listening, 1) == 0 ? listening : -1;
}

class PortTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    listening_ = Listen(GetParam());
    ASSERT_GE(listening_, 0) << strerror(errno);
    port_ = PortOf(listening_);
  }
  void TearDown() override { close(listening_); }

  int listening_ = -1;
  int port_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Addresses, PortTest, testing::Values("127.0.0.1", "::1", "0.0.0.0", "::"));

TEST_P(PortTest, AListenerIsNamedUnderEveryAddressThatClientsMayConfuse) {
  for (const char* other : {"127.0.0.1", "127.0.0.2", "::1", "0.0.0.0", "::", "localhost"}) {
    const std::string us = DescribeListener(other, port_);
    EXPECT_THAT(us, HasSubstr("PID " + std::to_string(getpid()))) << other << us;
    EXPECT_THAT(us, HasSubstr("guard_port_test"));
  }
}

TEST(AwaitFreePort, WaitsForOurOwnProgramThatEnds) {
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  Child ending([&](const Signals& signals) {
    const int port = PortOf(Listen("127.0.0.1"));
    if (write(channel[1], &port, sizeof port) < 0) return 1;
    signals.Ready();
    signals.Wait();
    return 0;
  });
  ending.WaitReady();
  int port = 0;
  ASSERT_EQ(read(channel[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  ending.Go();
  EXPECT_EQ(AwaitFreePort("127.0.0.1", port), "");
  close(channel[0]);
  close(channel[1]);
}

TEST(AwaitFreePort, NamesAListenerThatStays) {
  const int listening = Listen("127.0.0.1");
  const std::string taken = AwaitFreePort("127.0.0.1", PortOf(listening));
  EXPECT_THAT(taken, HasSubstr("PID " + std::to_string(getpid())));
  close(listening);
}

// As in a sandbox. Also for what this process starts.
void ForbidNetlink() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {std::size(code), code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) abort();
}

TEST_P(PortTest, AListenerIsNamedWhereNetlinkIsForbiddenToo) {
  Child asking([&](const Signals&) {
    close(listening_);  // otherwise it could be the listener that is named
    ForbidNetlink();
    const auto listeners = Listeners(port_);  // more than once where sockets come and go meanwhile
    const bool named = std::all_of(listeners.begin(), listeners.end(), [](const auto& listener) {
      return listener.address == GetParam() && listener.pid == getppid();
    });
    return !listeners.empty() && named ? 0 : 1;
  });
  EXPECT_EQ(asking.Join(), 0);
}

TEST(AwaitFreePort, SaysNothingOfAFreePort) {
  const int listening = Listen("127.0.0.1");
  const int port = PortOf(listening);
  close(listening);
  EXPECT_EQ(AwaitFreePort("127.0.0.1", port), "");
}

}  // namespace
}  // namespace pidfall::guard
