// The files that `pidfall check` reads and writes: target files, baselines, output. Bad input gives
// one line and status 2, before anything runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST_F(CheckTest, ATargetFileHoldsTheFindingsOfTheProbingStart) {
  EXPECT_EQ(CheckPython(ServerThat(""), {"--write-target", "serve.toml"}).status, kAsItShouldBe);
  const std::string text = Content(work_ / "serve.toml");
  EXPECT_THAT(text, HasSubstr("port = 8767"));
  EXPECT_THAT(text, HasSubstr("/serve.pid"));
  EXPECT_EQ(Run({"check", "--target", "serve.toml", "--scenario", "stale/dead-pid"}).status,
            kAsItShouldBe);
}

TEST_F(CheckTest, ARelativePidFileInATargetFileIsJudged) {
  std::ofstream(work_ / "serve.py") << kServer;
  std::ofstream(work_ / "serve.toml")
      << "command = ['/usr/bin/python3', 'serve.py']\npid_file = 'serve.pid'\n";
  const ProgramOutcome outcome =
      Run({"check", "--target", "serve.toml", "--scenario", "stale/dead-pid"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(CheckTest, AKnownFailureIsAcceptedAndAFixedOneNamed) {
  const std::string ignores = ServerThat("signal.signal(signal.SIGTERM, signal.SIG_IGN)");
  EXPECT_EQ(CheckPython(ignores, {"--json", "known.json"}, "stop/sigterm").status, kBroke);
  const ProgramOutcome known =
      CheckPython(ignores, {"--baseline", "known.json", "--json", "again.json"}, "stop/sigterm");
  EXPECT_EQ(known.status, kAsItShouldBe);
  EXPECT_THAT(known.out, HasSubstr("1 known"));
  EXPECT_EQ(CheckPython(ignores, {"--baseline", "again.json"}, "stop/sigterm").status,
            kAsItShouldBe);
  const std::string ends =
      ServerThat("signal.signal(signal.SIGTERM, lambda *_: (os.unlink(lock.name), sys.exit(0)))");
  const ProgramOutcome fixed = CheckPython(ends, {"--baseline", "known.json"}, "stop/sigterm");
  ExpectFound(fixed, "FIXED  stop/sigterm is in the baseline and passes now");
  EXPECT_EQ(fixed.status, kAsItShouldBe);
}

TEST_F(CheckTest, APidFileThatTheServerDoesNotWriteIsRefused) {
  const ProgramOutcome outcome = CheckPython(kServer, {"--pid-file", "other.pid"});
  EXPECT_EQ(outcome.status, kBadUsage) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("other.pid is not there as a file once the server serves"));
}

constexpr char kCannotWrite[] = "pidfall: cannot write standard output: ";

// After the first line that could not be written, later writes fail with other errors.
TEST_F(CheckTest, OutputThatCannotBeWrittenIsNamedByItsFirstError) {
  const Words check = {"check", "--scenario",  "stale/dead-pid", "--", "/usr/bin/python3",
                       "-c",    ServerThat("")};
  EXPECT_EQ(StatusOf(Spawn(check, "/dev/full", folder_ / "full")), kBrokenRun);
  EXPECT_EQ(Content(folder_ / "full"), std::string(kCannotWrite) + "No space left on device\n");
  EXPECT_EQ(StatusOf(Spawn(check, kClosed, folder_ / "closed")), kBrokenRun);
  EXPECT_EQ(Content(folder_ / "closed"), std::string(kCannotWrite) + "Bad file descriptor\n");
  EXPECT_EQ(StatusOf(Spawn(check, kClosed, kClosed)), kBrokenRun);
}

class CheckInputTest : public CliTest {
 protected:
  void ExpectFileRefused(const std::string& text, const std::string& message) {
    const fs::path path = folder_ / "t.toml";
    std::ofstream(path) << text;
    ExpectRefused({"check", "--target", path}, path.string() + message);
  }
};

TEST_F(CheckInputTest, NoCommandIsRefused) {
  ExpectRefused({"check"},
                "nothing to check: write the server's command after --, such as -- python3 "
                "serve.py --port 8000");
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

TEST_F(CheckInputTest, AFileThatIsNoBaselineIsRefused) {
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
