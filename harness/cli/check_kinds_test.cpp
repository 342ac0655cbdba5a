// `pidfall check` on other kinds of servers than those with one TCP port and a pid file. Each test
// has a broken server and its correct twin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/kernel/sockets.h"

namespace pidfall {
namespace {

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

constexpr char kLockedByFolder[] = R"(
import os, signal, socket, sys
here = os.environ['HOME'] + '/serve.lock'
try: os.mkdir(here)
except FileExistsError: sys.exit('already running')
with open(here + '/pid', 'w') as f: f.write(f'{os.getpid()}\n')
def stop(*_):
    os.unlink(here + '/pid'); os.rmdir(here)
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen()
while True: s.accept()[0].close()
)";

TEST_F(CheckKindsTest, AFolderThatIsTheLockIsNotThereBeforeTheFirstStart) {
  ExpectNone(kLockedByFolder, "duplicate/second-start", "0 broken");
  ExpectBreach(kLockedByFolder, "kill9/restart",
               "\"already running\", although the owner was killed by SIGKILL");
  ExpectNone(kLockedByFolder, "surroundings/other-time-zone", "0 broken");  // one after a kill
  ExpectNone(kLockedByFolder, "surroundings/other-folder", "0 broken");
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

constexpr char kOnTcpAndUdp[] = R"(
import socket, sys
t, u = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
t.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
u.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, #SHARES)
try:
    u.bind(('127.0.0.1', 8767))
except OSError:
    sys.exit('already running')
try:
    t.bind(('127.0.0.1', 8767)); t.listen()
except OSError:
    print('no TCP here')
while True: u.recvfrom(999)
)";

std::string OnTcpAndUdp(const std::string& shares) {
  std::string program = kOnTcpAndUdp;
  return program.replace(program.find("#SHARES"), 7, shares);
}

TEST_F(CheckKindsTest, TwoOwnersOfAUdpPortAreTwoWhereOneOfThemHasItsTcpPort) {
  ExpectBreach(OnTcpAndUdp("1"), "duplicate/second-start", "serves beside the owner A on UDP port");
  ExpectNone(OnTcpAndUdp("0"), "duplicate/second-start", "0 breaches");
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

constexpr char kOnNextPort[] = R"(
import fcntl, os, signal, socket, sys
def locked(path):
    global lock
    lock = open(path, 'a')
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit('already running')
#LOCKS
for port in range(8767, 8777):
    try:
        s = socket.create_server(('127.0.0.1', port)); break
    except OSError: pass
while True: s.accept()[0].close()
)";

std::string OnNextPort(const std::string& locks) {
  std::string program = kOnNextPort;
  return program.replace(program.find("#LOCKS"), 6, locks);
}

TEST_F(CheckKindsTest, ALockForEachLoginLetsACronJobIn) {
  const std::string scenario = "surroundings/other-home";
  ExpectBreach(OnNextPort("locked('/tmp/serve.' + os.environ.get('USER', 'nobody'))"), scenario,
               "with another USER and LOGNAME");
  ExpectBreach(OnNextPort("locked(os.environ.get('XDG_RUNTIME_DIR', '/tmp') + '/serve.lock')"),
               scenario, "with another XDG_RUNTIME_DIR");
  ExpectBreach(OnNextPort("if not os.environ.get('INVOCATION_ID'): locked('/tmp/serve')"), scenario,
               "with INVOCATION_ID set");
  ExpectNone(OnNextPort("locked(f'/tmp/serve.{os.getuid()}')"), scenario, "1 pass");
}

constexpr char kFolderOfPlaceholder[] = R"(
import os, signal, socket, sys
folder = sys.argv[2] + '.d'
os.makedirs(folder, exist_ok=True)
with open(folder + '/state', 'w') as f: f.write('up')
try:
    s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
except OSError:
    sys.exit('already running')
while True: s.accept()[0].close()
)";

TEST_F(CheckKindsTest, APlaceholderThatIsNoFileIsNoMissingPidFile) {
  const ProgramOutcome outcome =
      Run({"check", "--scenario", "duplicate/ten-in-a-row", "--", "/usr/bin/python3", "-c",
           kFolderOfPlaceholder, "{port}", "{pid_file}"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

constexpr char kPortFile[] = R"(
try:
    port = int(open(here + '.port').read())
    socket.create_connection(('127.0.0.1', port)).close()
    raise SystemExit('already running')
except (OSError, ValueError): pass
s = socket.create_server(('127.0.0.1', 0))
with open(here + '.port', 'w') as f: f.write(str(s.getsockname()[1]))
while True: s.accept()[0].close()
)";

TEST_F(CheckKindsTest, AFileThatSaysThePortIsASafeguard) {
  ExpectBreach(std::string(kUnlocked) + kPortFile, "duplicate/during-start-up",
               "serves beside the owner");
  ExpectNone(std::string(kLocked) + kPortFile, "duplicate/during-start-up", "1 pass");
}

TEST_F(CheckKindsTest, ALockFileThatADuplicateRemovesIsTold) {
  const std::string removes =
      "import os\nhere = os.environ['HOME'] + '/serve.lock'\n"
      "if os.path.exists(here): os.unlink(here)\n";
  ExpectBreach(removes + kLocked + kOnUnixSocket, "duplicate/second-start",
               "serve.lock that A holds was removed: B serves beside the owner A");
}

constexpr char kSecondPort[] = R"(
import os, signal, socket, sys
port = int(sys.argv[1])
def answer(s):
    c = s.accept()[0]; c.recv(999); c.sendall(b'HTTP/1.0 200 OK\r\n\r\nup'); c.close()
s = socket.create_server(('127.0.0.1', port))
second = socket.socket()
second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, #REUSES)
try:
    second.bind(('127.0.0.1', port + 1)); second.listen()
except OSError: second = s
import select
while True:
    for ready in select.select({s, second}, [], [])[0]: answer(ready)
)";

std::string WithSecondPort(const std::string& reuses) {
  std::string program = kSecondPort;
  return program.replace(program.find("#REUSES"), 7, reuses);
}

TEST_F(CheckKindsTest, ASecondPortInTimeWaitComesBack) {
  const std::string scenario = "kill9/all-listeners-back";
  ExpectBreach(WithSecondPort("0"), scenario, "serves without 127.0.0.1:");
  ExpectNone(WithSecondPort("1"), scenario, "1 pass");
}

constexpr char kOnBothLoopbacks[] = R"(
import sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
sockets = []
for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
    try:
        sockets.append(socket.create_server((host, 8767), family=family))
    except OSError as e:
        #LACKS
if not sockets: sys.exit(1)
while True: sockets[0].accept()[0].close()
)";

TEST_F(CheckKindsTest, AnAddressThatAnotherProgramHasIsDoneWithoutOnlyInWords) {
  if (!CanListenOnIpv6Loopback()) GTEST_SKIP() << "::1 is missing: IPv6 is switched off here";
  const std::string scenario = "port/held-by-stranger";
  const auto lacks = [](const char* does) {
    return kLocked + Replaced(kOnBothLoopbacks, "#LACKS", does);
  };
  ExpectBreach(lacks("pass"), scenario, "A serves without 127.0.0.1:8767");
  ExpectNone(lacks("print(f'port 8767: {e}', file=sys.stderr)"), scenario, "1 weakness");
  ExpectNone(lacks("sys.exit(f'port 8767: {e}')"), scenario, "0 breaches");
}

constexpr char kForksForEachRequest[] = R"(
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
s = socket.create_server(('127.0.0.1', 8767))
while True:
    c = s.accept()[0]
    if os.fork() == 0:
        #ENDS
        os._exit(0)
    c.close()
)";

TEST_F(CheckKindsTest, AWorkerThatRemovesTheLockFileAtItsEndIsNamed) {
  std::string program = kForksForEachRequest;
  const std::string scenario = "later/lock-kept";
  ExpectNone(kLocked + program, scenario, "1 pass");
  program.replace(program.find("#ENDS"), 5, "os.unlink(here + '.lock')");
  ExpectBreach(kLocked + program, scenario,
               "serve.lock, which the owner A has locked, was removed");
}

// The behaviour of a start with few descriptors.
std::string WithFewDescriptors(const std::string& does) {
  return "import os, resource, signal, socket, sys\nif "
         "resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 20: " +
         does + "\n" + kOnPortOfTheSystem;
}

TEST_F(CheckKindsTest, ARuntimeThatCanDoNothingWithoutDescriptorsHasNotRunUnguarded) {
  const std::string scenario = "disk/no-descriptors";
  ExpectNone(std::string(kLocked) + WithFewDescriptors("os.abort()"), scenario, "0 breaches");
  ExpectNone(std::string(kLocked) + WithFewDescriptors("os.kill(os.getpid(), 11)"), scenario,
             "0 breaches");
  ExpectNone(std::string(kLocked) + WithFewDescriptors("signal.pause()"), scenario, "0 breaches");
  ExpectBreach(std::string(kLocked) + WithFewDescriptors("os.kill(os.getpid(), 9)"), scenario,
               "ended with signal 9");
}

// The signal that comes first is lost, as one is that comes between two calls of an interpreter.
constexpr char kLosesSignals[] = R"(
signal.signal(signal.SIGTERM, signal.SIG_IGN if #LOSES else lambda *_: os._exit(0))
open(here + '.once', 'w').close()
s = socket.create_server(('127.0.0.1', 8767))
while True: s.accept()[0].close()
)";

std::string LosesSignals(const std::string& when) {
  std::string program = kLosesSignals;
  return kLocked + program.replace(program.find("#LOSES"), 6, when);
}

TEST_F(CheckKindsTest, OnlySignalsThatAreLostTwiceInARowAreNotSeen) {
  const std::string scenario = "stop/as-it-begins-to-serve";
  ExpectNone(LosesSignals("not os.path.exists(here + '.once')"), scenario, "1 pass");
  ExpectBreach(LosesSignals("True"), scenario, "serves on 2 s after the signal");
}

// Python runs a signal's handler in the first thread, whichever thread got the signal.
constexpr char kListensInAThread[] = R"(
import threading
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
s = socket.create_server(('127.0.0.1', 8767))
def more():
    second = socket.create_server(('127.0.0.1', 8768))
    while True: second.accept()[0].close()
threading.Thread(target=more, daemon=True).start()
while True: s.accept()[0].close()
)";

TEST_F(CheckKindsTest, ASignalDuringStartUpReachesTheFirstThread) {
  ExpectNone(std::string(kLocked) + kListensInAThread, "stop/during-start-up", "1 pass");
}

constexpr char kDeadMainThread[] = R"(
import ctypes, os, socket, sys, threading
here = os.environ['HOME'] + '/serve.pid'
def lives(pid):
    try: return open(f'/proc/{pid}/stat').read().rsplit(') ', 1)[1][0] not in '#DEAD'
    except OSError: return False
if os.path.exists(here) and lives(open(here).read()): sys.exit('already running')
with open(here + '.new', 'w') as f: f.write(str(os.getpid()))
os.rename(here + '.new', here)
def serve():
    s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
    while True: s.accept()[0].close()
threading.Thread(target=serve).start()
ctypes.CDLL(None).pthread_exit(None)
)";

TEST_F(CheckKindsTest, AnOwnerWhoseMainThreadHasEndedIsNamedAsSuch) {
  ExpectBreach(Replaced(kDeadMainThread, "#DEAD", "Z"), "duplicate/other-port",
               "the main thread of A has ended, so its pid looks dead");
  ExpectNone(Replaced(kDeadMainThread, "#DEAD", "X"), "duplicate/other-port", "0 breaches");
}

TEST_F(CheckKindsTest, AFailedStartThatLeavesAHelperBehindHasEnded) {
  const std::string starts_helper =
      "import subprocess\n"
      "subprocess.Popen(['sleep', '99'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n";
  ExpectNone(starts_helper + kLocked +
                 "s = socket.create_server(('127.0.0.1', 8767))\n"
                 "while True: s.accept()[0].close()",
             "duplicate/second-start", "a duplicate ends with status 1");
}

}  // namespace
}  // namespace pidfall
