// `pidfall check` on servers that cannot be judged as usual: always a clear message, never a hang.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Whether any process has the words in its command line.
bool AnyProcessHas(const std::string& words) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (ReadOrEmpty(entry.path() / "cmdline").find(words) != std::string::npos) return true;
  }
  return false;
}

TEST_F(CheckTest, AServerThatDiesAtOnceIsNamedWithItsStatusAndOutput) {
  ExpectNeverServes("import sys; sys.exit('no such luck')", {},
                    "it ended with status 1; its last output:\nno such luck");
  ExpectNeverServes("import os; os.abort()", {}, "it ended with signal 6 (Aborted)");
}

TEST_F(CheckTest, ACommandThatDoesNotExistIsNamed) {
  const ProgramOutcome outcome = Run({"check", "--", "no-such-server-9f"});
  EXPECT_EQ(outcome.status, kBrokenRun);
  EXPECT_THAT(outcome.error,
              HasSubstr("No folder of PATH has that program: write its path, such as "
                        "./no-such-server-9f.\n"));
}

TEST_F(CheckTest, AServerThatNeverServesOnItsPortIsNamedAfterItsStartTimeout) {
  ExpectNeverServes("import signal; signal.pause()", {"--port", "8767", "--start-timeout", "1s"},
                    "it neither listened nor came to rest within 1 s; it printed nothing");
}

TEST_F(CheckTest, AServerThatListensOnAnotherPortIsToldWhich) {
  ExpectNeverServes(
      "import signal, socket; s = socket.create_server(('127.0.0.1', 9125)); signal.pause()",
      {"--port", "8767", "--start-timeout", "1s"},
      "it listens on port 9125, but did not on port 8767 within 1 s; it printed nothing\n"
      "The port is found without --port: leave it out, or give the one that it listens on.\n");
}

TEST_F(CheckTest, WithoutASandboxACommandIsToldWhichPlaceholdersItLacks) {
  setenv("PIDFALL_SANDBOX", "plain", 1);
  const auto says = [&](const Words& command) {
    const ProgramOutcome outcome = Run(Joined({"check", "--"}, command));
    EXPECT_EQ(outcome.status, kBadUsage) << outcome.out;
    return outcome.error;
  };
  const std::string file = "{pid_file} (or {dir}, for its folder) into the command";
  EXPECT_THAT(says({"serve"}), HasSubstr("write {port} and " + file));
  EXPECT_THAT(says({"serve", "{port}"}), HasSubstr("write " + file));
  EXPECT_THAT(says({"serve", "{dir}/x.pid"}), HasSubstr("write {port} into the command"));
  unsetenv("PIDFALL_SANDBOX");
}

TEST_F(CheckTest, AServerThatFindsNoPeerGetsTheHintHowToStartOne) {
  ExpectNeverServes("import socket; socket.create_connection(('127.0.0.1', 6379))", {},
                    "--with COMMAND");
}

TEST_F(CheckTest, AServerThatWantsATerminalGetsTheHintThatThereIsNone) {
  ExpectNeverServes("input()", {}, "It may want a terminal");
  ExpectNeverServes("open('/dev/tty').read()", {}, "No such device or address: '/dev/tty'");
}

TEST_F(CheckTest, AServerThatPrintsForEverDelaysNothing) {
  ExpectNeverServes("while True: print('y' * 4000)", {"--start-timeout", "1s"}, "yyyyyyyy");
}

TEST_F(CheckTest, AServerThatPrintsAGigabyteIsJudged) {
  const ProgramOutcome outcome =
      CheckPython(ServerThat("for _ in range(1024): os.write(1, b'y' * (1 << 20))"),
                  {"--start-timeout", "60s"});
  ExpectFound(outcome, "127.0.0.1:8767 after");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

// It forks one waiting process after another: the harness must end it, and no process may be left.
TEST_F(CheckTest, AServerThatForksForEverIsEnded) {
  ExpectNeverServes(
      "import os, signal\n"
      "for _ in range(3000):\n"
      "    if os.fork() == 0: signal.pause()\n"
      "signal.pause()",
      {"--port", "8767", "--start-timeout", "60s"}, "it starts them without end");
  EXPECT_FALSE(AnyProcessHas("for _ in range(3000):"));
}

TEST_F(CheckTest, APortThatChangesFromStartToStartIsReported) {
  const ProgramOutcome outcome = CheckPython(
      "import signal, socket\ns = socket.create_server(('127.0.0.1', 0))\nsignal.pause()");
  EXPECT_EQ(outcome.status, kBrokenRun) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("serves on another port at each start"));
}

TEST_F(CheckTest, ASlowStartIsJudgedWithALongerStartTimeout) {
  const std::string slow = ServerThat("time.sleep(11)");  // longer than the default start timeout
  ExpectNeverServes(slow, {"--port", "8767", "--start-timeout", "1s"}, "within 1 s");
  const ProgramOutcome outcome = CheckPython(slow, {"--start-timeout", "30s"});
  const std::string found = "127.0.0.1:8767 after ";
  ASSERT_THAT(outcome.out, HasSubstr(found)) << outcome.out << outcome.error;
  EXPECT_GE(std::stoi(outcome.out.substr(outcome.out.find(found) + found.size())), 11000);
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AServerThatIgnoresSigtermIsReportedAndJudged) {
  const ProgramOutcome outcome =
      CheckPython(ServerThat("signal.signal(signal.SIGTERM, signal.SIG_IGN)"), {}, "stop/sigterm");
  ExpectFound(outcome, "does not end on SIGTERM within 5 s");
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AServerWithoutAListenerServesByStaying) {
  const std::string server = kServer;
  const ProgramOutcome outcome =
      CheckPython(server.substr(0, server.find("#BEFORE")) + "signal.pause()");
  ExpectFound(outcome, "no port after");
  ExpectFound(outcome, "it listens nowhere, so it serves by staying; if it listens later: --port");
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

}  // namespace
}  // namespace pidfall
