// `pidfall check` on servers that hardly are any, and on input that is none: a clear word each
// time, and never a hang.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/process/fd.h"
#include "harness/target/bundled.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

using Words = std::vector<std::string>;

Words Joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class CheckTest : public CliTest {
 protected:
  // One scenario, in Python, which this suite's users have.
  ProgramOutcome CheckPython(const std::string& program, const Words& options = {},
                             const std::string& scenario = "stale/dead-pid") {
    const Words check = {"check", "--scenario", scenario, "-v"};
    return Run(Joined(Joined(check, options), {"--", "/usr/bin/python3", "-c", program}));
  }

  void ExpectNeverServes(const std::string& program, const Words& options,
                         const std::string& words) {
    const ProgramOutcome outcome = CheckPython(program, options);
    EXPECT_EQ(outcome.status, kBrokenRun) << outcome.out << outcome.error;
    EXPECT_NE(outcome.error.find("never served: "), std::string::npos) << outcome.error;
    EXPECT_NE(outcome.error.find(words), std::string::npos) << outcome.error;
  }

  // How long the test runs is left to ctest's TIMEOUT: a hang is a failure there.
  void ExpectFound(const ProgramOutcome& outcome, const std::string& words) {
    EXPECT_NE(outcome.out.find(words), std::string::npos) << outcome.out << outcome.error;
  }
};

constexpr char kServer[] = R"(
import fcntl, os, select, signal, socket, sys, time
lock = open(os.environ['HOME'] + '/serve.pid', 'a+')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print('already running'); sys.exit(0)
lock.truncate(0); lock.write(str(os.getpid())); lock.flush()
#BEFORE
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 8767)); s.listen()
while True:
    c = s.accept()[0]; c.recv(999); c.send(b'HTTP/1.0 200 OK\r\n\r\nhello'); c.close()
)";

std::string ServerThat(const std::string& statement) {
  const std::string mark = "#BEFORE";
  std::string program = kServer;
  return program.replace(program.find(mark), mark.size(), statement);
}

// In its command line.
bool AnyProcessHas(const std::string& words) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (ReadOrEmpty(entry.path() / "cmdline").find(words) != std::string::npos) return true;
  }
  return false;
}

TEST_F(CheckTest, WhatDiesAtOnceIsToldWithItsStatusAndOutput) {
  ExpectNeverServes("import sys; sys.exit('no such luck')", {},
                    "it ended with status 1; its last output:\nno such luck");
  ExpectNeverServes("import os; os.abort()", {}, "it ended with signal 6 (Aborted)");
}

TEST_F(CheckTest, ACommandThatIsNotThereIsNamed) {
  const ProgramOutcome outcome = Run({"check", "--", "no-such-server-9f"});
  EXPECT_EQ(outcome.status, kBrokenRun);
  EXPECT_NE(outcome.error.find("no-such-server-9f"), std::string::npos) << outcome.error;
}

TEST_F(CheckTest, WhatNeverServesOnItsPortIsToldAfterTheTimeItHas) {
  ExpectNeverServes("import signal; signal.pause()", {"--port", "8767", "--start-timeout", "1s"},
                    "it neither listened nor came to rest within 1 s; it printed nothing");
}

TEST_F(CheckTest, WhatFindsNoPeerIsToldHowToStartOne) {
  ExpectNeverServes("import socket; socket.create_connection(('127.0.0.1', 6379))", {},
                    "--with COMMAND");
}

TEST_F(CheckTest, WhatWantsATerminalIsToldThatThereIsNone) {
  ExpectNeverServes("input()", {}, "It may want a terminal");
  ExpectNeverServes("open('/dev/tty').read()", {}, "No such device or address: '/dev/tty'");
}

TEST_F(CheckTest, WhatPrintsForEverHoldsNobodyUp) {
  ExpectNeverServes("while True: print('y' * 4000)", {"--start-timeout", "1s"}, "yyyyyyyy");
}

TEST_F(CheckTest, AServerThatPrintsAGigabyteIsJudged) {
  const ProgramOutcome outcome =
      CheckPython(ServerThat("for _ in range(1024): os.write(1, b'y' * (1 << 20))"),
                  {"--start-timeout", "60s"});
  ExpectFound(outcome, "127.0.0.1:8767 after");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

// One process after another, each of them waiting: the harness must end it, and nothing of it may
// be left.
TEST_F(CheckTest, WhatForksForEverIsEnded) {
  ExpectNeverServes(
      "import os, signal\n"
      "for _ in range(3000):\n"
      "    if os.fork() == 0: signal.pause()\n"
      "signal.pause()",
      {"--port", "8767", "--start-timeout", "60s"}, "it starts them without end");
  EXPECT_FALSE(AnyProcessHas("for _ in range(3000):"));
}

TEST_F(CheckTest, WhatIgnoresSigtermIsToldAndJudged) {
  const ProgramOutcome outcome =
      CheckPython(ServerThat("signal.signal(signal.SIGTERM, signal.SIG_IGN)"), {}, "stop/sigterm");
  ExpectFound(outcome, "does not end on SIGTERM within 5 s");
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
}

TEST_F(CheckTest, WhatListensOnNothingServesByStaying) {
  const std::string server = kServer;
  const ProgramOutcome outcome =
      CheckPython(server.substr(0, server.find("#BEFORE")) + "signal.pause()");
  ExpectFound(outcome, "no port after");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, ASlowStartIsJudgedWhenItIsGivenTheTime) {
  const std::string slow = ServerThat("time.sleep(11)");  // longer than a start has unless told
  ExpectNeverServes(slow, {"--port", "8767", "--start-timeout", "1s"}, "within 1 s");
  const ProgramOutcome outcome = CheckPython(slow, {"--start-timeout", "30s"});
  const std::string found = "127.0.0.1:8767 after ";
  ASSERT_NE(outcome.out.find(found), std::string::npos) << outcome.out << outcome.error;
  EXPECT_GE(std::stoi(outcome.out.substr(outcome.out.find(found) + found.size())), 11000);
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, TheDuplicatesStatusIsFoundOnceAndTold) {
  const ProgramOutcome outcome = CheckPython(ServerThat(""), {"--json", "found.json"});
  ExpectFound(outcome, "a duplicate ends with status 0");
  const json found = json::parse(Content(work_ / "found.json"))["target"]["found"];
  EXPECT_EQ(found["duplicate_exit"], 0);
  EXPECT_EQ(found["listeners"][0]["port"], 8767);
  EXPECT_EQ(found["pid_file"], (work_ / "serve.pid").string());
  EXPECT_FALSE(fs::exists(work_ / "serve.pid"));
}

TEST_F(CheckTest, ADuplicateThatStandsByIsTold) {
  std::string waits = kServer;
  const std::string no_wait = " | fcntl.LOCK_NB";
  ExpectFound(CheckPython(waits.erase(waits.find(no_wait), no_wait.size())),
              "a duplicate stands by");
}

// Nobody promised it; whoever does promise it is taken at their word.
TEST_F(CheckTest, AFailureWithTheDuplicatesStatusIsABreachOnlyWhereThatWasDeclared) {
  std::string all_one = ServerThat("sys.excepthook = lambda *_: print('port 8767 is taken')");
  const std::string zero = "sys.exit(0)";
  all_one.replace(all_one.find(zero), zero.size(), "sys.exit(1)");
  const std::string story = "port/held-by-stranger";
  EXPECT_EQ(CheckPython(all_one, {"--duplicate-exit", "1"}, story).status, kBroke);
  const ProgramOutcome undeclared = CheckPython(all_one, {}, story);
  EXPECT_EQ(undeclared.status, kAsItShouldBe) << undeclared.out;
  ExpectFound(undeclared, "a start that failed ended with the duplicate's status 1");
}

std::string Replaced(std::string program, const std::string& part, const std::string& by) {
  return program.replace(program.find(part), part.size(), by);
}

TEST_F(CheckTest, WhatTriesForItsPortForSecondsAndEndsHasFailed) {
  const std::string tries = Replaced(kServer, "s.bind(('127.0.0.1', 8767)); s.listen()", R"(
for i in range(10):
    try: s.bind(('127.0.0.1', 8767)); s.listen(); break
    except OSError: time.sleep(0.5)
else: print('port 8767 is taken'); sys.exit(1)
)");
  const ProgramOutcome outcome = CheckPython(tries, {}, "port/held-by-stranger");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, APidFileThatSaysMoreNamesItsOwner) {
  const std::string json_file = Replaced(kServer, "lock.write(str(os.getpid()))",
                                         R"(lock.write('{"pid": %d}' % os.getpid()))");
  const ProgramOutcome outcome = CheckPython(json_file, {}, "kill9/restart");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AServerOnAnotherAddressIsReachedThere) {
  const std::string elsewhere =
      Replaced(ServerThat("sys.excepthook = lambda *_: print('port 8767 is taken')"), "127.0.0.1",
               "127.0.0.2");
  for (const char* story : {"duplicate/owner-stopped", "port/held-by-stranger"}) {
    const ProgramOutcome outcome = CheckPython(elsewhere, {}, story);
    EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  }
}

TEST_F(CheckTest, WhatLooksForTheLockAgainAndAgainStandsBy) {
  const std::string polls =
      Replaced(kServer, "try:\n    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n", R"(
def held():
    try: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError: return True
while held(): time.sleep(0.1)
try: pass
)");
  const ProgramOutcome outcome = CheckPython(polls, {}, "duplicate/second-start");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  ExpectFound(outcome, "a duplicate stands by");
}

TEST_F(CheckTest, WhatTicksWhileItWaitsStandsBy) {
  const std::string ticks = Replaced(kServer, "print('already running'); sys.exit(0)", R"(
    signal.signal(signal.SIGALRM, lambda *_: 0)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    while True: signal.pause()
)");
  const ProgramOutcome outcome = CheckPython(ticks, {}, "duplicate/second-start");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, WhatTicksOnNoPortServes) {
  const std::string locked = ServerThat("#END");
  const ProgramOutcome outcome =
      CheckPython(locked.substr(0, locked.find("#END")) + "while True: time.sleep(0.02)", {},
                  "duplicate/second-start");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, WhatEndsLaterThanADuplicateMayIsNotQuiet) {
  const ProgramOutcome outcome =
      CheckPython(Replaced(kServer, "print('already running')", "time.sleep(2.5)"), {},
                  "duplicate/second-start");
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
}

TEST_F(CheckTest, ADuplicateThatAsksTheOwnerFirstIsNoSuccessorThatFailed) {
  const std::string ends_in_steps =
      ServerThat("signal.signal(signal.SIGTERM, lambda *_: (lock.truncate(0), os._exit(0)))");
  const std::string asks = Replaced(ends_in_steps, "    print('already running'); ", R"(
    try: c = socket.create_connection(('127.0.0.1', 8767)); c.send(b'GET /'); c.recv(9)
    except OSError: pass
    )");
  const ProgramOutcome outcome = CheckPython(asks, {}, "duplicate/during-shutdown");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, WhatTakesBothKindsOfClientsIsMetAtIpv4) {
  const std::string as_apache_does = Replaced(
      kServer, "s = socket.socket()",
      "def listener(family, address):\n"
      "    s = socket.socket(family); s.bind((address, 8767)); return s\n"
      "try: s = listener(socket.AF_INET6, '::')\n"
      "except OSError: print('8767 in use', flush=True); s = listener(socket.AF_INET, '0.0.0.0')");
  const ProgramOutcome outcome =
      CheckPython(Replaced(as_apache_does, "s.bind(('127.0.0.1', 8767)); s.listen()", "s.listen()"),
                  {}, "port/held-by-stranger");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, APortThatChangesFromStartToStartIsTold) {
  const ProgramOutcome outcome = CheckPython(
      "import signal, socket\ns = socket.create_server(('127.0.0.1', 0))\nsignal.pause()");
  EXPECT_EQ(outcome.status, kBrokenRun) << outcome.out << outcome.error;
  EXPECT_NE(outcome.error.find("serves on another port at each start"), std::string::npos)
      << outcome.error;
}

TEST_F(CheckTest, APidFileThatTheServerDoesNotWriteIsRefused) {
  const ProgramOutcome outcome = CheckPython(kServer, {"--pid-file", "other.pid"});
  EXPECT_EQ(outcome.status, kBadUsage) << outcome.out << outcome.error;
  EXPECT_NE(outcome.error.find("other.pid is not there once the server serves"), std::string::npos)
      << outcome.error;
}

TEST_F(CheckTest, WhatServesLateHasNotFailedLate) {
  const std::string late = R"(
import os, time
path = os.environ['HOME'] + '/serve.pid'
if os.path.islink(path): os.unlink(path); time.sleep(3)
)";
  const ProgramOutcome outcome = CheckPython(late + kServer, {}, "path/symlink");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, WhatListenedForAMomentOnlyHasFailedNotLetAnotherIn) {
  const std::string dies = Replaced(kServer, "s.listen()", R"(s.listen()
import resource
if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 20:
    time.sleep(0.01); s.close(); lock.close(); time.sleep(1); sys.exit(1)
)");
  const ProgramOutcome outcome = CheckPython(dies, {}, "disk/no-descriptors");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, WhatWaitsForAMomentDoesNotServeYet) {
  const std::string waits = Replaced(kServer, "try:", R"(
signal.signal(signal.SIGALRM, lambda *_: 0)
signal.setitimer(signal.ITIMER_REAL, 0.03); signal.pause()
try:)");
  const ProgramOutcome outcome = CheckPython(
      waits.substr(0, waits.find("#BEFORE")) + "signal.pause()", {}, "duplicate/second-start");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AProgramInItsPidFilesFolderIsNotHiddenByADisk) {
  std::ofstream(work_ / "serve.py") << kServer;
  const ProgramOutcome outcome =
      Run({"check", "--scenario", "disk/full", "--", "/usr/bin/python3", "serve.py"});
  EXPECT_EQ(outcome.status, kNothingJudged) << outcome.out;
}

TEST_F(CheckTest, ACopyStartedByHandHasNoSupervisor) {
  std::ofstream(work_ / "a.plist")
      << "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>Label</key><string>a</string>"
         "<key>ProgramArguments</key><array><string>sh</string>"
         "<string>-c</string><string>echo $A, ${XPC_SERVICE_NAME:-nobody}</string></array>"
         "<key>EnvironmentVariables</key><dict><key>A</key><string>given</string></dict>"
         "</dict></plist>";
  const ProgramOutcome outcome = Run({"check", "--policy", "a.plist"});
  EXPECT_NE(outcome.error.find("given, nobody\n"), std::string::npos) << outcome.error;
}

TEST_F(CheckTest, ThePolicyNamedIsTheOneThatJudges) {
  const std::string refuses = ServerThat("");
  const std::string story = "restart-loop/named-policy-by-hand-first";
  EXPECT_EQ(CheckPython(refuses, {"--policy", "launchd:keepalive"}, story).status, kBroke);
  EXPECT_EQ(CheckPython(refuses, {"--policy", "launchd:run-at-load"}, story).status, kAsItShouldBe);
  EXPECT_EQ(CheckPython(refuses, {}, story).status, kNothingJudged);
  EXPECT_EQ(CheckPython(refuses, {}, "restart-loop/keep-alive-by-hand-first").status,
            kNothingJudged);
}

TEST_F(CheckTest, AKnownFailureIsAcceptedAndAFixedOneTold) {
  const std::string ignores = ServerThat("signal.signal(signal.SIGTERM, signal.SIG_IGN)");
  EXPECT_EQ(CheckPython(ignores, {"--json", "known.json"}, "stop/sigterm").status, kBroke);
  const ProgramOutcome known =
      CheckPython(ignores, {"--baseline", "known.json", "--json", "again.json"}, "stop/sigterm");
  EXPECT_EQ(known.status, kAsItShouldBe);
  EXPECT_NE(known.out.find("1 known"), std::string::npos) << known.out;
  EXPECT_EQ(CheckPython(ignores, {"--baseline", "again.json"}, "stop/sigterm").status,
            kAsItShouldBe);
  const std::string ends =
      ServerThat("signal.signal(signal.SIGTERM, lambda *_: (os.unlink(lock.name), sys.exit(0)))");
  const ProgramOutcome fixed = CheckPython(ends, {"--baseline", "known.json"}, "stop/sigterm");
  ExpectFound(fixed, "FIXED  stop/sigterm is in the baseline and passes now");
  EXPECT_EQ(fixed.status, kAsItShouldBe);
}

TEST_F(CheckTest, ARelativePidFileInATargetFileIsJudged) {
  std::ofstream(work_ / "serve.py") << kServer;
  std::ofstream(work_ / "serve.toml")
      << "command = ['/usr/bin/python3', 'serve.py']\npid_file = 'serve.pid'\n";
  const ProgramOutcome outcome =
      Run({"check", "--target", "serve.toml", "--scenario", "stale/dead-pid"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, ATargetFileHoldsWhatWasFound) {
  EXPECT_EQ(CheckPython(ServerThat(""), {"--write-target", "serve.toml"}).status, kAsItShouldBe);
  const std::string text = Content(work_ / "serve.toml");
  EXPECT_NE(text.find("port = 8767"), std::string::npos) << text;
  EXPECT_NE(text.find("/serve.pid"), std::string::npos) << text;
  EXPECT_EQ(Run({"check", "--target", "serve.toml", "--scenario", "stale/dead-pid"}).status,
            kAsItShouldBe);
}

constexpr char kCannotWrite[] = "pidfall: cannot write standard output: ";

// What goes on after the first line that could not be written has errors of its own.
TEST_F(CheckTest, OutputThatCannotBeWrittenIsNamedByItsFirstError) {
  const Words check = {"check", "--scenario",  "stale/dead-pid", "--", "/usr/bin/python3",
                       "-c",    ServerThat("")};
  EXPECT_EQ(StatusOf(Spawn(check, "/dev/full", folder_ / "full")), kBrokenRun);
  EXPECT_EQ(Content(folder_ / "full"), std::string(kCannotWrite) + "No space left on device\n");
  EXPECT_EQ(StatusOf(Spawn(check, kClosed, folder_ / "closed")), kBrokenRun);
  EXPECT_EQ(Content(folder_ / "closed"), std::string(kCannotWrite) + "Bad file descriptor\n");
  EXPECT_EQ(StatusOf(Spawn(check, kClosed, kClosed)), kBrokenRun);
}

// --- bad input: one line, status 2, before anything runs

class CheckInputTest : public CliTest {
 protected:
  void ExpectFileRefused(const std::string& text, const std::string& message) {
    const fs::path path = folder_ / "t.toml";
    std::ofstream(path) << text;
    ExpectRefused({"check", "--target", path}, path.string() + message);
  }
};

TEST_F(CheckInputTest, NoCommandIsRefused) {
  ExpectRefused({"check"}, "nothing to check: write the server's command after --");
}

TEST_F(CheckInputTest, ATargetFileIsRefusedWithItsLine) {
  ExpectFileRefused("command = ['serve']\nprot = 1\n", ":2: unknown key 'prot'");
  ExpectFileRefused("command = 'serve'\n", ":1: 'command' must be a list");
  ExpectFileRefused("\nport = '8767'\n", ":2: 'port' must be a whole number from 1 to 65535");
  ExpectRefused({"check", "--target", "nowhere.toml"}, "nowhere.toml: No such file or directory");
}

TEST_F(CheckInputTest, ABadFileIsRefusedWhereOnlyAListIsWanted) {
  const fs::path path = folder_ / "bad";
  std::ofstream(path) << "command = ['serve']\nprot = 1\n";
  ExpectRefused({"check", "--list", "--target", path}, path.string() + ":2: unknown key 'prot'");
  ExpectRefused({"check", "--list", "--baseline", path}, path.string() + ": not JSON at byte 1");
  EXPECT_EQ(Run({"check", "--list", "--policy", "belief"}).status, kBadUsage);
}

TEST_F(CheckInputTest, APidFileWhereNoFileCanBeIsRefusedBeforeAnythingRuns) {
  const Words command = {"--", "touch", "ran"};
  const std::string is_folder = "' is a folder: name the file in it";
  ExpectRefused(Joined({"check", "--pid-file", "/"}, command), "the pid file '/" + is_folder);
  ExpectRefused(Joined({"check", "--pid-file", work_}, command),
                "the pid file '" + work_.string() + is_folder);
  ExpectRefused(Joined({"check", "--pid-file", "/nowhere/"}, command),
                "the pid file '/nowhere/" + is_folder);
  ExpectRefused(Joined({"check", "--pid-file", "/etc/passwd/x"}, command),
                "the pid file '/etc/passwd/x': Not a directory");
  ExpectFileRefused("command = ['touch', 'ran']\npid_file = '/'\n",
                    ":2: the pid file '/" + is_folder);
}

TEST_F(CheckInputTest, ABaselineThatIsNoneIsRefused) {
  const fs::path path = folder_ / "b.json";
  std::ofstream(path) << "verdicts";
  ExpectRefused({"check", "--baseline", path, "--", "true"},
                path.string() + ": not JSON at byte 1");
}

TEST_F(CheckInputTest, ATargetFileThatCannotBeWrittenIsFoundBeforeAnythingRuns) {
  ExpectRefused({"check", "--write-target", "/nowhere/t.toml", "--", "touch", "ran"},
                "cannot write /nowhere/t.toml: No such file or directory");
}

TEST_F(CheckInputTest, ImpossibleNumbersAreRefused) {
  ExpectRefused({"check", "--port", "65536", "--", "true"},
                "--port: '65536' is not a whole number from 1 to 65535");
  ExpectRefused({"check", "--duplicate-exit", "256", "--", "true"},
                "--duplicate-exit: '256' is not a whole number from 0 to 255");
  EXPECT_EQ(Run({"check", "--start-timeout", "soon", "--", "true"}).status, kBadUsage);
  EXPECT_EQ(Run({"check", "--start-timeout", "-1s", "--", "true"}).status, kBadUsage);
  EXPECT_EQ(Run({"check", "--policy", "belief", "--", "true"}).status, kBadUsage);
}

}  // namespace
}  // namespace pidfall
