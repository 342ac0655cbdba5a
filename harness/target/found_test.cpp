#include "harness/target/found.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pidfall {
namespace {

Found Daemon() {
  return {.stays = true,
          .started_after_ms = 84.2,
          .listeners = {{.port = 8767, .address = "::", .shares_port = true, .takes_ipv4 = true},
                        {.port = 8767, .address = "127.0.0.1"},
                        {.port = 8768, .address = "127.0.0.1"}},
          .next_port = std::nullopt,
          .pid_file = "/run/serve.pid",
          .has_plain_pid_file = false,
          .file_owner = 33,
          .locks = {{"/run/serve.lock", "flock"}},
          .unix_sockets = {"@serve"},
          .written = {"/run/serve.pid"},
          .read_only = {"/proc"},
          .in_background = true,
          .launcher_ending = "status 0",
          .processes = 3,
          .ends_on_sigterm = "after 3 ms",
          .pid_file_left = true,
          .duplicate = "ends with status 4",
          .standby_polls = true,
          .duplicate_exit = 4,
          .why_not = "it ended"};
}

TEST(FoundTest, IsTheSameAfterTheWire) {
  const Found told = FoundFromJson(ToJson(Daemon()));
  EXPECT_EQ(JsonText(told), JsonText(Daemon()));
  EXPECT_EQ(told.listeners.front().address, "::");
  EXPECT_FALSE(told.next_port);
  EXPECT_EQ(told.file_owner, 33);
  EXPECT_EQ(told.duplicate_exit, 4);
  EXPECT_FALSE(FoundFromJson(ToJson({})).pid_file);
}

TEST(FoundTest, IsDescribedInOneLine) {
  EXPECT_EQ(Describe(Daemon()),
            "[::]:8767 (SO_REUSEPORT), 127.0.0.1:8767, 127.0.0.1:8768, @serve after 84 ms, in the "
            "background (launcher: status 0), 3 processes, pid file /run/serve.pid, flock lock on "
            "/run/serve.lock; ends on SIGTERM after 3 ms, file left; a duplicate ends with status "
            "4");
  EXPECT_EQ(Describe({.started_after_ms = 1}),
            "no port after 1 ms, no pid file, no lock; does not end on SIGTERM within 5 s");
  EXPECT_EQ(Describe({.started_after_ms = 1, .pid_file = "/run/x.pid"}),
            "no port after 1 ms, pid file /run/x.pid, no lock; does not end on SIGTERM within 5 s");
}

TEST(CompleteTest, AUdpPortIsTakenWhereThereIsNoTcpPort) {
  const Listener udp{.port = 53, .address = "127.0.0.1", .protocol = "udp"};
  EXPECT_TRUE(Complete({}, {.listeners = {udp}}).is_udp);
  EXPECT_TRUE(Complete({.port = 53}, {.listeners = {Daemon().listeners[1], udp}}).is_udp);
  const Target both = Complete({}, {.listeners = {Daemon().listeners[1], udp}});
  EXPECT_EQ(both.port, 8767);
  EXPECT_FALSE(both.is_udp);
}

TEST(CompleteTest, AUnixSocketIsTakenWhereThereIsNoPort) {
  EXPECT_EQ(Complete({}, {.unix_socket = "/run/x"}).unix_socket, "/run/x");
  EXPECT_FALSE(Complete({.port = 80}, {.unix_socket = "/run/x"}).unix_socket);
}

TEST(CompleteTest, LocksAndSocketsAreOfItsSafeguard) {
  const Target whole = Complete({}, {.pid_file = "/run/x/x.pid",
                                     .locks = {{"/run/x/x.lock", "flock"}, {"/var/lock/x", "OFD"}},
                                     .unix_sockets = {"@x", "/run/x/socket"}});
  EXPECT_EQ(whole.guard_files, (std::vector<std::string>{"x.lock", "/var/lock/x", "socket"}));
}

TEST(CompleteTest, ALinkThatNamesItIsOfItsSafeguard) {
  const Found found{.links = {"/var/spool/x/lock"}};
  EXPECT_EQ(Complete({}, found).guard_files, std::vector<std::string>{"/var/spool/x/lock"});
  EXPECT_EQ(Complete({}, found).pid_link, "/var/spool/x/lock");
  EXPECT_FALSE(Complete({.pid_file = "/run/x"}, found).pid_link);
  EXPECT_EQ(FoundFromJson(ToJson(found)).links, found.links);
  EXPECT_NE(Describe(found).find(", link /var/spool/x/lock with its pid, no lock"),
            std::string::npos);
}

TEST(CompleteTest, APortFromTheSystemIsNone) {
  const Target whole =
      Complete({}, {.listeners = {{.port = 40001}}, .next_port = 40002, .pid_file = "/run/x.pid"});
  EXPECT_FALSE(whole.port);
  EXPECT_TRUE(whole.port_changes);
}

TEST(CompleteTest, ALockFileStandsForThePidFile) {
  const Target whole = Complete({}, {.lock_file = "/run/x.lock"});
  EXPECT_EQ(whole.pid_file, "/run/x.lock");
  EXPECT_FALSE(whole.file_has_pid);
  EXPECT_FALSE(Complete({.pid_file = "{pid_file}"}, {.lock_file = "/tmp/x"}).file_has_pid);
  EXPECT_TRUE(Complete({.pid_file = "{pid_file}"}, {}).file_has_pid);
}

TEST(CompleteTest, TheUsersValuesWin) {
  const Target whole =
      Complete({.port = 8768, .pid_file = "/run/other.pid", .duplicate_exit = 0}, Daemon());
  EXPECT_EQ(whole.port, 8768);
  EXPECT_EQ(whole.addresses, 1U);
  EXPECT_EQ(whole.pid_file, "/run/other.pid");
  EXPECT_FALSE(whole.file_owner);
  EXPECT_EQ(whole.duplicate_exit, 0);
  EXPECT_TRUE(whole.duplicate_is_declared);
}

TEST(CompleteTest, TheRestComesFromTheProbingStart) {
  const Target whole = Complete({}, Daemon());
  EXPECT_EQ(whole.port, 8767);
  EXPECT_EQ(whole.addresses, 2U);
  EXPECT_EQ(whole.address, "127.0.0.1");
  EXPECT_EQ(whole.pid_file, "/run/serve.pid");
  EXPECT_EQ(whole.file_owner, 33);
  EXPECT_FALSE(whole.has_plain_pid_file);
  EXPECT_EQ(whole.duplicate_exit, 4);
  EXPECT_FALSE(whole.duplicate_is_declared);
  EXPECT_TRUE(whole.standby_polls);
}

TEST(CompleteTest, AWildcardIsReachedAtTheLoopback) {
  const auto reached = [](const Listener& listener) {
    return Complete({}, {.listeners = {listener}}).address;
  };
  EXPECT_EQ(reached({.port = 80, .address = "0.0.0.0"}), "127.0.0.1");
  EXPECT_EQ(reached({.port = 80, .address = "::"}), "127.0.0.1");
  EXPECT_EQ(reached({.port = 80, .address = "::", .takes_ipv4 = false}), "::1");
  EXPECT_EQ(reached({.port = 80, .address = "10.0.0.1"}), "10.0.0.1");
}

}  // namespace
}  // namespace pidfall
