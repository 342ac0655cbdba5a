// `pidfall audit` as users run it, on files of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"

namespace pidfall {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class AuditCommandTest : public CheckTest {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(work_ / name) << text;
  }

  // A unit that runs nowhere, and whose pid file names a process that has ended.
  void WriteStaleService() {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, nullptr, 0);
    Write("web.pid", std::to_string(child));
    Write("web.service", "[Service]\nExecStart=/bin/pidfall-web --port 9\nPIDFile=" +
                             (work_ / "web.pid").string() + "\n");
  }
};

TEST_F(AuditCommandTest, NothingFoundIsStatus0AndAFindingStatus1) {
  Write("web.service", "[Service]\nExecStart=/bin/pidfall-web\n");
  EXPECT_EQ(Run({"audit", "."}).status, kAsItShouldBe);
  WriteStaleService();
  const ProgramOutcome outcome = Run({"audit", "."});
  EXPECT_EQ(outcome.status, kBroke);
  EXPECT_THAT(outcome.out, HasSubstr("FAIL  breach  C4  web.service/pid-file"));
  EXPECT_THAT(outcome.out, HasSubstr("1 service: 1 breach, 0 would"));
}

TEST_F(AuditCommandTest, FilesOfResultsHaveTheServiceAndTheFinding) {
  WriteStaleService();
  Run({"audit", "--json", "a.json", "--junit", "a.xml", "--html", "a.html", "web.service"});
  const json found = json::parse(Content(work_ / "a.json"));
  EXPECT_EQ(found["command"], "audit");
  EXPECT_EQ(found["services"][0]["ports"], json({9}));
  EXPECT_EQ(found["results"][0]["server"], "web.service");
  EXPECT_EQ(found["results"][0]["scenario"], "web.service/pid-file");
  EXPECT_THAT(found["results"][0]["reproduce"], EndsWith("/pidfall audit web.service"));
  EXPECT_EQ(found["totals"]["fail"], 1);
  EXPECT_THAT(Content(work_ / "a.xml"), HasSubstr("<testsuite name=\"pidfall audit web.service\""));
  EXPECT_THAT(Content(work_ / "a.html"), HasSubstr("web.service"));
}

TEST_F(AuditCommandTest, FileWithAFaultIsNamedWithItsLineAndHidesNoOther) {
  Write("a.service", "[Service\n");
  Write("b.service", "[Service]\nExecStart=/bin/pidfall-web\nRestart=maybe\n");
  Write("c.service", "[Service]\nExecStart=/bin/pidfall-web\n");
  Write("compose.yaml", "services:\n  web: 1\n  db: {}\n");
  const ProgramOutcome outcome = Run({"audit", "."});
  EXPECT_EQ(outcome.status, kAsItShouldBe);
  for (const char* line :
       {"not read: a.service:1: a section's name without its ]\n",
        "not read: b.service:3: Restart=maybe: none of", "\nc.service ", "\ncompose.yaml#db ",
        "not read: compose.yaml:2: the file.services.web is no map\n", "3 files not read"}) {
    EXPECT_THAT(outcome.out, HasSubstr(line));
  }
  EXPECT_EQ(Run({"audit", "--no-skip", "."}).status, kBrokenRun);
}

TEST_F(AuditCommandTest, ForetoldLoopIsInTheRowAndNoBreach) {
  Write("web.service",
        "[Service]\nExecStart=/bin/pidfall-web\nRestart=on-failure\nRestartSec=10\n");
  const ProgramOutcome outcome = Run({"audit", ".", "--json", "a.json"});
  EXPECT_EQ(outcome.status, kAsItShouldBe);
  EXPECT_THAT(outcome.out, HasSubstr("  loops on failure\n"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("FAIL")));
  EXPECT_THAT(Content(work_ / "a.json"), HasSubstr("/pidfall audit -v .\""));
  EXPECT_THAT(
      Run({"audit", "-v", "."}).out,
      HasSubstr("a duplicate that exits 0 is started once, one that exits 1 is started 60 times"));
}

TEST_F(AuditCommandTest, BadUsageIsStatus2) {
  ExpectRefused({"audit", "none"}, "none: No such file or directory");
  ExpectRefused({"audit", "--time", "1s"}, "--time requires --check (see --help)");
  ExpectRefused({"audit", "--", "web"}, "audit takes no command: 'web' was given after --");
}

TEST_F(AuditCommandTest, FolderWithoutServicesIsStatus77) {
  const ProgramOutcome outcome = Run({"audit", "."});
  EXPECT_EQ(outcome.status, kNothingJudged);
  EXPECT_THAT(outcome.out, StartsWith("no service is described here"));
}

TEST_F(AuditCommandTest, CheckRunsTheCatalogueWhereItCanAndSaysWhyElsewhere) {
  Write("serve.py", kServer);
  Write("Procfile", "web: python3 serve.py\nnone: pidfall-none\n");
  Write("compose.yaml", "services: {db: {image: 'db:1', command: db}}\n");
  const ProgramOutcome outcome =
      Run({"audit", "--check", "--scenario", "stale/dead-pid", "--json", "a.json", "."});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("check    procfile:Procfile#web: 127.0.0.1:8767 after"));
  EXPECT_THAT(outcome.out, HasSubstr("no check procfile:Procfile#none: "));
  EXPECT_THAT(outcome.out, HasSubstr("no check compose.yaml#db: it runs in a container, from the "
                                     "image db:1\n"));
  const json results = json::parse(Content(work_ / "a.json"))["results"];
  const bool judged = std::any_of(results.begin(), results.end(), [](const json& result) {
    return result["scenario"] == "stale/dead-pid" && result["verdict"] == "pass" &&
           result["server"] == "procfile:Procfile#web";
  });
  EXPECT_TRUE(judged) << results.dump(2);
}

}  // namespace
}  // namespace pidfall
