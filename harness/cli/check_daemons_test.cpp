// `pidfall check` on servers that keep a second copy out, but not in the plain way: a daemon with a
// worker, one that ignores SIGINT, one whose file is a database. Each has a broken twin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"

namespace pidfall {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CheckDaemonsTest : public TwinsTest {
 protected:
  const Words places_ = {"{pid_file}", "{port}"};
};

// "#REFUSE": what it does beside an owner. "#THEN" comes before it serves.
constexpr char kDaemon[] = R"(
import fcntl, os, signal, socket, sys
path, port = sys.argv[1], int(sys.argv[2])
lock = open(path + '.lock', 'a')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    #REFUSE
    sys.exit('already running')
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', port)); s.listen()
#THEN
with open(path, 'w') as f: f.write(f'{os.getpid()}\n')
#WORKER
while True: s.accept()[0].close()
)";

constexpr char kFork[] = "if os.fork(): os._exit(0)";

constexpr char kWorker[] = R"(
worker = os.fork()
if worker:
    def end(*_):
        os.kill(worker, signal.SIGKILL)
        os._exit(0)
    signal.signal(signal.SIGTERM, end)
    while True: signal.pause()
)";

TEST_F(CheckDaemonsTest, TheMasterOfADaemonIsNotItsSupervisor) {
  const std::string served = Replaced(kDaemon, "#WORKER", kWorker);
  const ProgramOutcome outcome =
      Check(Replaced(served, "#THEN", kFork), "kill9/supervisor-killed", places_);
  EXPECT_EQ(outcome.status, kNothingJudged) << outcome.out << outcome.error;
  ExpectNone(served, "kill9/supervisor-killed", "1 pass", places_);
  const std::string spoils = Replaced(served, "#REFUSE", "open(path, 'w').write('1')");
  ExpectBreach(spoils, "kill9/supervisor-killed", "the pid file does not name the owner A",
               places_);
}

TEST_F(CheckDaemonsTest, ASigintThatIsIgnoredIsAWeaknessAndOneThatIsSwallowedABreach) {
  const std::string ignores = Replaced(
      kDaemon, "#THEN", std::string(kFork) + "\nsignal.signal(signal.SIGINT, signal.SIG_IGN)");
  ExpectNone(ignores, "stop/sigint", "1 weakness", places_);
  const std::string swallows = Replaced(
      kDaemon, "#THEN", std::string(kFork) + "\nsignal.signal(signal.SIGINT, lambda *_: 0)");
  ExpectBreach(swallows, "stop/sigint", "A serves on 2 s after the signal", places_);
  const std::string never =
      Replaced(ignores, "#WORKER", "signal.signal(signal.SIGTERM, signal.SIG_IGN)");
  ExpectBreach(never, "stop/sigint", "after SIGINT, which it ignores", places_);
}

// It opens its log before the pid file, and the name of the one begins with that of the other.
constexpr char kLogs[] = R"(
import os, sys
log = open(sys.argv[1][:-4] + '.log', 'a')
)";

TEST_F(CheckDaemonsTest, ALogBesideThePidFileIsNoSafeguardThatOutputGoesInto) {
  const std::string says = "log.write('already running'); log.flush()";
  std::string logs = kLogs + Replaced(kDaemon, "#REFUSE", says);
  logs = Replaced(logs, "s.accept()[0].close()",
                  "s.accept()[0].close(); print('hello', file=log, flush=True)");
  ExpectNone(logs, "surroundings/*-without-descriptor", "2 pass", places_);
  ExpectBreach(Replaced(kDaemon, "#THEN", "os.write(1, b'serves')"),
               "surroundings/owner-without-descriptor", "writes its output into its safeguard",
               places_);
}

// Its guard is the pid in its file, and it goes on where it cannot write it.
constexpr char kUncheckedWrite[] = R"(
import os, socket, sys
path, port = sys.argv[1], int(sys.argv[2])
try:
    os.kill(int(open(path).read()), 0)
    sys.exit('already running')
except (OSError, ValueError):
    pass
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', port)); s.listen()
try:
    with open(path, 'w') as f: f.write(f'{os.getpid()}\n')
except OSError:
    pass
while True: s.accept()[0].close()
)";

TEST_F(CheckDaemonsTest, AStartThatServedForAMomentIsNoOwnerBesideTheNext) {
  const std::string writes_last = Replaced(kDaemon, "#THEN", kFork);
  ExpectNone(writes_last, "surroundings/file-size-limit", "1 pass", places_);
  ExpectBreach(kUncheckedWrite, "surroundings/file-size-limit", "runs unguarded", places_);
}

// No guard: where its port is taken, it serves on the next one.
constexpr char kNextPort[] = R"(
import os, socket, sys
path, port = sys.argv[1], int(sys.argv[2])
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
while True:
    try:
        s.bind(('127.0.0.1', port))
        break
    except OSError:
        port += 1
s.listen()
with open(path, 'w') as f: f.write(f'{os.getpid()}\n')
while True: s.accept()[0].close()
)";

TEST_F(CheckDaemonsTest, ACopyOnTheNextPortIsOneCauseInAllSurroundings) {
  const ProgramOutcome outcome =
      Run({"check", "--scenario", "duplicate/second-start", "--scenario", "surroundings/other-*",
           "--", "/usr/bin/python3", "-c", kNextPort, "{pid_file}", "8767"});
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("nothing keeps a second copy out"),
                                 Not(HasSubstr("its safeguard is another one there"))));
}

// Its file has a format of its own, and names no pid as text before the first NUL.
constexpr char kDatabase[] = R"(
import fcntl, os, socket, sys
db = open(sys.argv[1], 'a+b')
try:
    fcntl.flock(db, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit('already running')
db.seek(0)
content = db.read()
if content and not content.startswith(b'format 3\0'):
    print(sys.argv[1] + ' is no database'); sys.exit(3)
#FOUND
db.truncate(0); db.write(b'format 3\0 owner %d\0' % os.getpid()); db.flush()
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', int(sys.argv[2]))); s.listen()
while True: s.accept()[0].close()
)";

TEST_F(CheckDaemonsTest, ADatabaseThatRefusesTextIsStaleOnlyAsItsOwnerLeftIt) {
  ExpectNone(kDatabase, "stale/*", "0 breaches", places_);
  ExpectNone(kDatabase, "stale/dead-pid", "1 pass", places_);
  const std::string believes =
      Replaced(kDatabase, "#FOUND", "if content: print('already running'); sys.exit(1)");
  ExpectBreach(believes, "stale/dead-pid", "a copy of what a killed owner left", places_);
}

// As dbus-daemon does, it lets go of its port first.
constexpr char kRefusesForEver[] = R"(
import os, signal, socket, sys
path = sys.argv[1]
try:
    file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
except FileExistsError:
    sys.exit(f'{path} exists: remove it if no copy runs')
os.write(file, b'%d\n' % os.getpid())
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', int(sys.argv[2]))); s.listen()
def end(*_):
    s.close(); os.unlink(path)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
while True: s.accept()[0].close()
)";

TEST_F(CheckDaemonsTest, ARoundAfterAKillIsJudgedAlthoughTheServerNeverRecovers) {
  ExpectBreach(kRefusesForEver, "kill9/restart", "exists: remove it", places_);
  ExpectNone(kRefusesForEver, "surroundings/other-time-zone", "1 pass", places_);
  ExpectNone(kRefusesForEver, "duplicate/during-shutdown", "1 pass", places_);
}

TEST_F(CheckDaemonsTest, AServerThatNeedsAWholePathHasNoOtherSpelling) {
  const std::string strict = Replaced(kDaemon, "lock = open",
                                      "if not os.path.isabs(sys.orig_argv[0]): sys.exit('no')\n"
                                      "lock = open");
  const ProgramOutcome outcome = Check(strict, "surroundings/other-spelling", places_);
  EXPECT_EQ(outcome.status, kNothingJudged) << outcome.out << outcome.error;
  ExpectNone(kDaemon, "surroundings/other-spelling", "1 pass", places_);
}

TEST_F(CheckDaemonsTest, AStartThatSpinsWithoutADescriptorHarmsNobody) {
  const std::string spins = Replaced(kDaemon, "lock = open", R"(
try: os.fstat(0)
except OSError:
    while True: pass
lock = open)");
  const ProgramOutcome outcome =
      Run({"check", "--scenario", "surroundings/owner-without-descriptor", "--start-timeout", "1s",
           "--", "/usr/bin/python3", "-c", spins, "{pid_file}", "{port}"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

// Without descriptor 1 the lock file gets that number, and the record comes sooner.
TEST_F(CheckDaemonsTest, ARecordThatAnOwnerWritesLaterIsNoOutput) {
  const std::string records = Replaced(kDaemon, "s = socket.socket()", R"(
import threading
def record(): lock.write('alive'); lock.flush()
if sys.stdout is None: record()
else: threading.Timer(2, record).start()
s = socket.socket())");
  ExpectNone(records, "surroundings/owner-without-descriptor", "1 pass", places_);
}

TEST_F(CheckDaemonsTest, AFileThatTheEndOfARequestsChildRemovesIsMissed) {
  const std::string forks = Replaced(kDaemon, "while True: s.accept()[0].close()", R"(
while True:
    client = s.accept()[0]
    if not os.fork():
        if os.path.exists(path): os.unlink(path)
        os._exit(0)
    os.wait()
    client.close())");
  ExpectBreach(forks, "later/lock-kept", "the pid file does not name the owner A", places_);
}

// With its workers gone no process has the port, and the next start need not look for one.
TEST_F(CheckDaemonsTest, ASharedPortIsNotLeftToAWorkerThatThereIsNot) {
  const std::string shares = Replaced(
      kDaemon, "s.bind", "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)\ns.bind");
  const ProgramOutcome outcome = Check(shares, "kill9/worker-on-port", places_);
  EXPECT_EQ(outcome.status, kNothingJudged) << outcome.out << outcome.error;
  const std::string outlives = Replaced(shares, "#WORKER", "if not os.fork(): lock.close()");
  ExpectBreach(outlives, "kill9/worker-on-port", "B serves beside the worker", places_);
}

// As Erlang's epmd, which the next server of the machine uses again.
TEST_F(CheckDaemonsTest, AServiceInASessionOfItsOwnMayOutliveItsServer) {
  const std::string scenario = "stop/sigterm";
  const auto starts = [](const char* session) {
    return Replaced(kDaemon, "#THEN",
                    std::string("import subprocess; subprocess.Popen(['sleep', '1000']") + session);
  };
  ExpectNone(starts(", start_new_session=True)"), scenario, "0 breaches", places_);
  ExpectBreach(starts(")"), scenario, "its child sleep", places_);
}

// `before`: a line of its start.
std::string StandbyThatPolls(const std::string& before) {
  return Replaced(kDaemon, "try:", "import time\n" + before + R"(
while True:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        break
    except OSError: time.sleep(0.05)
try:)");
}

// A held owner has no port yet, and one that serves has another.
TEST_F(CheckDaemonsTest, AStandbyThatPollsStandsByWhicheverPortTheOwnerHas) {
  ExpectNone(StandbyThatPolls(""), "duplicate/during-start-up", "1 pass", places_);
}

// The second start is seen to go on without its port before its time is over.
TEST_F(CheckDaemonsTest, AStandbyThatStartsSlowlyIsSeenToPoll) {
  ExpectNone(StandbyThatPolls("time.sleep(1.2)"), "duplicate/other-port", "1 pass", places_);
}

}  // namespace
}  // namespace pidfall
