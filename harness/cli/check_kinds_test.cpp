// `pidfall check` on other kinds of servers than those with one TCP port and a pid file. Each test
// has a broken server and its correct twin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

using CheckKindsTest = TwinsTest;

constexpr char kLocked[] = R"(
import fcntl, os, signal, socket, sys
here = os.environ['HOME'] + '/serve'
lock = open(here + '.lock', 'a')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit('already running')
)";

constexpr char kUnlocked[] = R"(
import os, signal, socket
here = os.environ['HOME'] + '/serve'
)";

constexpr char kOnUnixSocket[] = R"(
s = socket.socket(socket.AF_UNIX)
if os.path.exists(here + '.sock'): os.unlink(here + '.sock')
s.bind(here + '.sock'); s.listen()
while True: s.accept()[0].close()
)";

TEST_F(CheckKindsTest, TwoOwnersOfAUnixSocketAreTwo) {
  ExpectBreach(std::string(kUnlocked) + kOnUnixSocket, "duplicate/second-start",
               "serves beside the owner");
  ExpectNone(std::string(kLocked) + kOnUnixSocket, "duplicate/second-start", "serve.sock after");
}

constexpr char kOnPortOfTheSystem[] = R"(
s = socket.create_server(('127.0.0.1', 0))
while True: s.accept()[0].close()
)";

constexpr char kPidFileThatIsNotAsked[] = R"(
with open(here + '.pid', 'w') as f: f.write(f'{os.getpid()}\n')
)";

TEST_F(CheckKindsTest, APortOfTheSystemIsJudgedByTheSafeguardsFile) {
  ExpectBreach(std::string(kUnlocked) + kPidFileThatIsNotAsked + kOnPortOfTheSystem,
               "duplicate/second-start", "serves beside the owner");
  ExpectNone(std::string(kLocked) + kOnPortOfTheSystem, "duplicate/second-start", "lock file ");
}

constexpr char kOnUdp[] = R"(
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
#SHARED
try:
    s.bind(('127.0.0.1', 8767))
except OSError:
    sys.exit('already running')
while True: s.recvfrom(999)
)";

TEST_F(CheckKindsTest, TwoOwnersOfAUdpPortAreTwo) {
  std::string shared = kOnUdp;
  shared.replace(shared.find("#SHARED"), 7,
                 "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)");
  ExpectBreach("import socket, sys" + shared, "duplicate/second-start", "serves beside the owner");
  ExpectNone(std::string("import socket, sys") + kOnUdp, "duplicate/second-start",
             "127.0.0.1:8767/udp after");
}

constexpr char kWaits[] = R"(
import fcntl, os, signal
lock = os.open(os.environ['HOME'] + '/serve.pid', os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(lock, fcntl.LOCK_EX)
os.ftruncate(lock, 0); os.write(lock, b'%d' % os.getpid())
signal.pause()
)";

TEST_F(CheckKindsTest, AStandbyWithoutAPortIsNoSecondOwner) {
  ExpectBreach("import os, signal\nhere = os.environ['HOME'] + '/serve'" +
                   std::string(kPidFileThatIsNotAsked) + "signal.pause()",
               "duplicate/second-start", "serves beside the owner");
  ExpectNone(kWaits, "duplicate/second-start", "1 pass");
}

// Status 1 because of the port, 0 because of the owner.
constexpr char kPortFirst[] = R"(
import fcntl, os, socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind(('127.0.0.1', int(sys.argv[1])))
except OSError:
    sys.exit('the port is taken')
lock = open(sys.argv[2], 'a+')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit(0)
lock.truncate(0); lock.write(f'{os.getpid()}\n'); lock.flush()
s.listen()
while True: s.accept()[0].close()
)";

TEST_F(CheckKindsTest, TheStatusOfATakenPortIsNotTheOwners) {
  const ProgramOutcome outcome =
      Run({"check", "--scenario", "duplicate/second-start", "--scenario", "duplicate/other-port",
           "--", "/usr/bin/python3", "-c", kPortFirst, "{port}", "{pid_file}"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

}  // namespace
}  // namespace pidfall
