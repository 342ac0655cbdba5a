#include "harness/faults/guard_locks.h"

#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

constexpr char kServes[] =
    "exec /usr/bin/python3 -c 'import socket, signal, sys\n"
    "s = socket.create_server((\"127.0.0.1\", int(sys.argv[1])))\nsignal.pause()' {port}";

std::string TakerOf(const std::string& script) {
  const Target target{
      .command = {"/bin/sh", "-c", script + kServes}, .port = 8767, .pid_file = "{pid_file}"};
  return OnStage(target, [](Stage& stage) { return LockThatEndedWithItsTaker(stage); });
}

TEST(GuardLocksTest, ALockThatAHelperTookEndsWithTheHelper) {
  EXPECT_EQ(TakerOf("flock {pid_file} true; "), "server.pid");
}

TEST(GuardLocksTest, ALockThatTheServerTookIsItsOwn) {
  EXPECT_EQ(TakerOf("exec 9>> {pid_file}; "), "");
}

}  // namespace
}  // namespace pidfall
