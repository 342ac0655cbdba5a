// `pidfall check` on servers whose lock keeps nobody out: the first line says how it fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/check_testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

using CheckLocksTest = CliTest;

constexpr char kPosixLock[] = R"(
import fcntl, os, signal, socket, sys
file = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT, 0o644)
old = os.read(file, 20) if #SEEKS else b''
try:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0, os.SEEK_CUR)
except OSError:
    sys.exit(f'already running, pid {os.pread(file, 20, 0)}')
#FORKS
os.truncate(file, 0); os.pwrite(file, b'%d\n' % os.getpid(), 0)
s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True: s.accept()[0].close()
)";

constexpr char kListensFirst[] = R"(
import fcntl, socket, sys, time
s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
time.sleep(0.7)
file = open(sys.argv[2], 'a')
try: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError: sys.exit('already running')
while True: s.accept()[0].close()
)";

TEST_F(CheckLocksTest, ALockThatIsAskedForWhenAStartServesAlreadyIsNamedAsSuch) {
  const ProgramOutcome outcome =
      Run({"check", "--scenario", "duplicate/other-port", "--pid-file", "{pid_file}", "--",
           "/usr/bin/python3", "-c", kListensFirst, "{port}", "{pid_file}"});
  EXPECT_THAT(outcome.out, HasSubstr("it serves before it asks for the flock lock on "));
}

constexpr char kReloads[] = R"(
import fcntl, os, signal, socket, sys
file = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT, 0o644)
try: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError: sys.exit('already running')
s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
#HANDLES
while True: s.accept()[0].close()
)";

class CheckReloadTest : public CheckLocksTest {
 protected:
  std::string LockKept(const std::string& handler) {
    std::string program = kReloads;
    program.replace(program.find("#HANDLES"), 8, "signal.signal(signal.SIGHUP, " + handler + ")");
    return Run({"check", "--scenario", "later/lock-kept", "--", "/usr/bin/python3", "-c", program,
                "{port}", "{pid_file}"})
        .out;
  }
};

TEST_F(CheckReloadTest, ALockThatGoesWithTheLogsAtSighupIsLost) {
  const std::string closes = "lambda *_: os.closerange(file, s.fileno())";
  EXPECT_THAT(LockKept(closes), HasSubstr("after SIGHUP: a second copy can start"));
}

TEST_F(CheckReloadTest, AServerThatKeepsItsLockOrEndsAtSighupPasses) {
  EXPECT_THAT(LockKept("lambda *_: None"), HasSubstr("1 pass, 0 breaches"));
  EXPECT_THAT(LockKept("lambda *_: os._exit(0)"), HasSubstr("1 pass, 0 breaches"));
  const std::string about_to_end = "lambda *_: (s.close(), os.close(file), signal.pause())";
  EXPECT_THAT(LockKept(about_to_end), HasSubstr("1 pass, 0 breaches"));
}

class CheckPosixLockTest : public CheckLocksTest {
 protected:
  std::string FirstFinding(const std::string& part, const std::string& by) {
    std::string program = kPosixLock;
    program.replace(program.find(part), part.size(), by);
    const size_t reads = program.find("#SEEKS");
    if (reads != std::string::npos) program.replace(reads, 6, "False");
    const ProgramOutcome outcome =
        Run({"check", "--scenario", "duplicate/*in-a-row", "--scenario", "duplicate/other-port",
             "--scenario", "later/lock-kept", "--", "/usr/bin/python3", "-c", program, "{port}",
             "{pid_file}"});
    const size_t at = outcome.out.find("FAIL");
    return at == std::string::npos ? outcome.out : outcome.out.substr(at, 400);
  }
};

TEST_F(CheckPosixLockTest, ALockOfAnotherByteKeepsNobodyOut) {
  EXPECT_THAT(FirstFinding("#SEEKS", "True"), HasSubstr("that A holds keeps nobody out"));
}

TEST_F(CheckPosixLockTest, ASharedLockKeepsNobodyOut) {
  EXPECT_THAT(FirstFinding("fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0, os.SEEK_CUR", "fcntl.LOCK_SH"),
              HasSubstr("that A holds keeps nobody out, since it is shared"));
}

TEST_F(CheckPosixLockTest, ALockThatTheLauncherTookEndsWithIt) {
  const std::string launches = "if os.fork(): os._exit(0)";
  EXPECT_THAT(FirstFinding("#FORKS", launches),
              HasSubstr("ended with the process that took it, and the owner holds none"));
}

TEST_F(CheckPosixLockTest, ALockEndsWithAnotherDescriptorOfItsFile) {
  EXPECT_THAT(FirstFinding("#FORKS", "open(sys.argv[2]).close()"),
              HasSubstr("closed another descriptor of that file"));
}

}  // namespace
}  // namespace pidfall
