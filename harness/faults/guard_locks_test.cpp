#include "harness/faults/guard_locks.h"

#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

constexpr char kServes[] =
    "exec /usr/bin/python3 -c 'import socket, signal, sys\n"
    "s = socket.create_server((\"127.0.0.1\", int(sys.argv[1])))\nsignal.pause()' {port}";

std::string WhyAfter(const std::string& script) {
  const Target target{
      .command = {"/bin/sh", "-c", script + kServes}, .port = 8767, .pid_file = "{pid_file}"};
  return OnStage(target, [](Stage& stage) { return WhyItHoldsNoLock(stage).text; });
}

TEST(GuardLocksTest, ALockThatAHelperTookEndsWithTheHelper) {
  EXPECT_EQ(WhyAfter("flock {pid_file} true; "),
            "the lock on server.pid ended with the process that took it, and the owner holds none");
}

TEST(GuardLocksTest, ALockThatTheServerTookIsItsOwn) {
  EXPECT_EQ(WhyAfter("exec 9>> {pid_file}; "), "");
}

}  // namespace
}  // namespace pidfall
