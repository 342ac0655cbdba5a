#include "harness/faults/closed_locks.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/faults/guard_locks.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// Takes a lock on its database, does `then`, and serves.
std::string LostAfter(const std::string& then) {
  const std::string script =
      "import fcntl, os, signal, socket, sys\n"
      "path = sys.argv[2] + '.db'\n"
      "held = os.open(path, os.O_RDWR | os.O_CREAT)\n"
      "fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)\n" +
      then +
      "\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
      "signal.pause()";
  const Target target{.command = {"/usr/bin/python3", "-c", script, "{port}", "{pid_file}"},
                      .port = 8767,
                      .pid_file = "{pid_file}"};
  return OnStage(target, [](Stage& stage) { return WhyItHoldsNoLock(stage).text; });
}

TEST(ClosedLocksTest, ALockEndsWhenAnotherDescriptorOfItsFileIsClosed) {
  const std::string why = LostAfter("os.close(os.open(path, os.O_RDONLY))");
  EXPECT_NE(why.find("server.pid.db"), std::string::npos) << why;
  EXPECT_NE(why.find("another descriptor of that file"), std::string::npos) << why;
}

TEST(ClosedLocksTest, ALockThatIsHeldIsNotLost) { EXPECT_EQ(LostAfter("pass"), ""); }

TEST(ClosedLocksTest, ALockThatWasReleasedIsNotLost) {
  EXPECT_EQ(LostAfter("fcntl.lockf(held, fcntl.LOCK_UN)"), "");
  EXPECT_EQ(LostAfter("os.close(held)"), "");
  EXPECT_EQ(LostAfter("os.close(held); again = os.open(path, os.O_RDWR)"), "");
}

}  // namespace
}  // namespace pidfall
