// How `pidfall check` judges servers that differ in one thing from the usual one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST_F(CheckTest, TheDuplicatesStatusIsFoundOnceAndReported) {
  const ProgramOutcome outcome = CheckPython(ServerThat(""), {"--json", "found.json"});
  ExpectFound(outcome, "a duplicate ends with status 0");
  const json found = json::parse(Content(work_ / "found.json"))["target"]["found"];
  EXPECT_EQ(found["duplicate_exit"], 0);
  EXPECT_EQ(found["listeners"][0]["port"], 8767);
  EXPECT_EQ(found["pid_file"], (work_ / "serve.pid").string());
  EXPECT_FALSE(fs::exists(work_ / "serve.pid"));
}

TEST_F(CheckTest, ADuplicateThatStandsByIsReported) {
  std::string waits = kServer;
  const std::string no_wait = " | fcntl.LOCK_NB";
  ExpectFound(CheckPython(waits.erase(waits.find(no_wait), no_wait.size())),
              "a duplicate stands by");
}

// Without a declared status it is no promise; a declared status is a promise.
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

TEST_F(CheckTest, WhyAScenarioIsNotApplicableIsSaidWhereAskedFor) {
  const Words check = {"check", "--scenario", "upgrade/older-runs"};
  const Words command = {"--", "/usr/bin/python3", "-c", kServer};
  const std::string reason = "n/a: no older version is known (--older)\n  upgrade/older-runs\n";
  EXPECT_THAT(Run(Joined(check, command)).out, Not(HasSubstr(reason)));
  EXPECT_THAT(Run(Joined(Joined(check, {"-v"}), command)).out, HasSubstr(reason));
}

TEST_F(CheckTest, AStartThatTriesForItsPortForSecondsAndEndsHasFailed) {
  const std::string tries = Replaced(kServer, "s.bind(('127.0.0.1', 8767)); s.listen()", R"(
for i in range(10):
    try: s.bind(('127.0.0.1', 8767)); s.listen(); break
    except OSError: time.sleep(0.5)
else: print('port 8767 is taken'); sys.exit(1)
)");
  const ProgramOutcome outcome = CheckPython(tries, {}, "port/held-by-stranger");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, APidFileWithMoreThanThePidNamesItsOwner) {
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

TEST_F(CheckTest, ADuplicateThatPollsForTheLockStandsBy) {
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

TEST_F(CheckTest, ADuplicateThatTicksWhileItWaitsStandsBy) {
  const std::string ticks = Replaced(kServer, "print('already running'); sys.exit(0)", R"(
    signal.signal(signal.SIGALRM, lambda *_: 0)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    while True: signal.pause()
)");
  const ProgramOutcome outcome = CheckPython(ticks, {}, "duplicate/second-start");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AServerWithoutAPortThatTicksServes) {
  const std::string locked = ServerThat("#END");
  const ProgramOutcome outcome =
      CheckPython(locked.substr(0, locked.find("#END")) + "while True: time.sleep(0.02)", {},
                  "duplicate/second-start");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, ADuplicateThatEndsTooLateIsNotQuiet) {
  const ProgramOutcome outcome =
      CheckPython(Replaced(kServer, "print('already running')", "time.sleep(2.9); time.sleep(2.9)"),
                  {}, "duplicate/second-start");
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
}

TEST_F(CheckTest, ADuplicateThatAsksTheOwnerFirstIsNotAFailedSuccessor) {
  const std::string ends_in_steps =
      ServerThat("signal.signal(signal.SIGTERM, lambda *_: (lock.truncate(0), os._exit(0)))");
  const std::string asks = Replaced(ends_in_steps, "    print('already running'); ", R"(
    try: c = socket.create_connection(('127.0.0.1', 8767)); c.send(b'GET /'); c.recv(9)
    except OSError: pass
    )");
  const ProgramOutcome outcome = CheckPython(asks, {}, "duplicate/during-shutdown");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AServerForBothKindsOfClientsIsAskedByIpv4) {
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

TEST_F(CheckTest, AServerThatServesLateHasNotFailed) {
  const std::string late = R"(
import os, time
path = os.environ['HOME'] + '/serve.pid'
if os.path.islink(path): os.unlink(path); time.sleep(3)
)";
  const ProgramOutcome outcome = CheckPython(late + kServer, {}, "path/symlink");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AStartThatListensForAMomentHasFailedAndLetsNoOtherIn) {
  const std::string dies = Replaced(kServer, "s.listen()", R"(s.listen()
import resource
if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 20:
    time.sleep(0.01); s.close(); lock.close(); time.sleep(1); sys.exit(1)
)");
  const ProgramOutcome outcome = CheckPython(dies, {}, "disk/no-descriptors");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AServerThatWaitsForAMomentDoesNotServeYet) {
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
  EXPECT_THAT(outcome.error, HasSubstr("given, nobody\n"));
}

TEST_F(CheckTest, TheNamedPolicyJudges) {
  const std::string refuses = ServerThat("");
  const std::string story = "restart-loop/named-policy-by-hand-first";
  EXPECT_EQ(CheckPython(refuses, {"--policy", "launchd:keepalive"}, story).status, kBroke);
  EXPECT_EQ(CheckPython(refuses, {"--policy", "launchd:run-at-load"}, story).status, kAsItShouldBe);
  EXPECT_EQ(CheckPython(refuses, {}, story).status, kNothingJudged);
  EXPECT_EQ(CheckPython(refuses, {}, "restart-loop/keep-alive-by-hand-first").status,
            kNothingJudged);
}

TEST_F(CheckTest, AnOlderVersionIsNamedAndAnsweredALineEach) {
  const std::string server = ProgramFolder() + "/serve-task-manager";
  const Words fills = {"--port", "{port}", "--pid-file", "{pid_file}"};
  Words words = {"check",
                 "--scenario",
                 "upgrade/older-*",
                 "--older",
                 server + " --guard port --port {port} --pid-file {pid_file}",
                 "--",
                 server,
                 "--guard",
                 "pidfile"};
  words.insert(words.end(), fills.begin(), fills.end());
  const ProgramOutcome outcome = Run(words);
  EXPECT_EQ(outcome.status, kBroke) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("did    take the older version's command\n  did    start A"));
  EXPECT_THAT(outcome.out, HasSubstr("beside the older version:\n  fail  An older version runs"));
  EXPECT_THAT(outcome.out, HasSubstr("\n  pass  An older version was killed and left its file"));
}

}  // namespace
}  // namespace pidfall
