// The supervisors whose rule is a line or two.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/supervisor/daemontools.h"
#include "harness/supervisor/monit.h"
#include "harness/supervisor/npm.h"
#include "harness/supervisor/openrc.h"
#include "harness/supervisor/pm2.h"
#include "harness/supervisor/pm2_ecosystem.h"
#include "harness/supervisor/policy_testing.h"
#include "harness/supervisor/procfile.h"
#include "harness/supervisor/runit.h"
#include "harness/supervisor/s6.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::StartsWith;

SupervisorTime PeriodOf(const Policy& policy, SupervisorTime run_time) {
  return policy.Next({{.ended = run_time, .status = 1}}).start_at.value();
}

// "They all wait for a second" is wrong: measured 1.51, 1.51, 1.02 and 3.00, 4.00, 3.00.
TEST(SmallPolicies, RunitS6AndDaemontoolsDifferByHowTheyCountTheSecond) {
  struct {
    SupervisorTime run, runit, s6, daemontools;
  } const rows[] = {{0s, 1s, 1s, 1s},
                    {500ms, 1500ms, 1500ms, 1s},
                    {999ms, 1999ms, 1999ms, 1s},
                    {1s, 1s, 2s, 1s},
                    {3s, 3s, 4s, 3s}};
  for (const auto& row : rows) {
    EXPECT_EQ(PeriodOf(*MakeRunitPolicy(), row.run), row.runit);
    EXPECT_EQ(PeriodOf(*MakeS6Policy(), row.run), row.s6);
    EXPECT_EQ(PeriodOf(*MakeDaemontoolsPolicy(), row.run), row.daemontools);
  }
}

TEST(SmallPolicies, NoneOfThemLooksAtAStatus) {
  const std::unique_ptr<Policy> policies[] = {MakeRunitPolicy(),       MakeS6Policy(),
                                              MakeDaemontoolsPolicy(), MakeMonitPolicy({}),
                                              MakePm2Policy({}),       MakeOpenrcPolicy({})};
  for (const auto& policy : policies) {
    SCOPED_TRACE(policy->Describe());
    for (const EndedRun& run : {EndedRun{.ended = 2s}, EndedRun{.ended = 2s, .status = 78},
                                EndedRun{.ended = 2s, .signal = SIGKILL}}) {
      EXPECT_TRUE(RestartsAfter(*policy, run));
    }
    EXPECT_FALSE(RestartsAfter(*policy, {.ended = 2s, .stopped = true}));
  }
}

class ServiceFolderTest : public testing::Test {
 protected:
  ServiceFolderTest() : folder_(mkdtemp(pattern_)) { Write("run", "#!/bin/sh\n"); }
  ~ServiceFolderTest() override { std::filesystem::remove_all(folder_); }
  void Write(const char* name, const char* text) { std::ofstream(folder_ / name) << text; }

  char pattern_[32] = "/tmp/pidfall-service.XXXXXX";
  std::filesystem::path folder_;
};

TEST_F(ServiceFolderTest, RunIsTheCommandAndDownKeepsItDown) {
  EXPECT_THAT(ReadRunitFolder(folder_)->job().command, ElementsAre(folder_ / "run"));
  EXPECT_TRUE(ReadRunitFolder(folder_)->Next({}).start_at);
  Write("down", "");
  EXPECT_FALSE(ReadRunitFolder(folder_)->Next({}).start_at);
  EXPECT_FALSE(ReadS6Folder(folder_)->Next({}).start_at);
  EXPECT_FALSE(ReadDaemontoolsFolder(folder_)->Next({}).start_at);
}

TEST_F(ServiceFolderTest, FilesThatChangeTheRuleAreReadOrNamed) {
  Write("finish", "");
  EXPECT_THAT(ReadRunitFolder(folder_)->Notes(),
              ElementsAre((folder_ / "finish").string() + " is not simulated"));
  Write("timeout-kill", "1500\n");
  EXPECT_EQ(ReadS6Folder(folder_)->ExitTimeout(), 1500ms);
  Write("timeout-kill", "soon\n");
  EXPECT_EQ(BadInputOf([this] { ReadS6Folder(folder_); }),
            (folder_ / "timeout-kill").string() + ":1: 'soon' is no number of milliseconds");
  EXPECT_THAT(BadInputOf([] { ReadRunitFolder("/none"); }), StartsWith("/none: no service folder"));
}

TEST(Pm2, SixteenUnstableRunsAreErrored) {
  for (const Behaviour& behaviour :
       {Behaviour{.run_time = 50ms}, Behaviour{.run_time = 50ms, .signal = SIGSEGV}}) {
    const Prediction seen = Predict(*MakePm2Policy({}), behaviour, 10min);
    EXPECT_EQ(seen.starts.size(), 16U);
    EXPECT_TRUE(seen.gave_up);
  }
}

TEST(Pm2, DelayDecidesWhetherItEverGivesUp) {
  const Behaviour quick = {.run_time = 5ms};
  EXPECT_EQ(StartCount(*MakePm2Policy({.restart_delay = 1s}), quick, 10min), 16U);
  EXPECT_EQ(StartCount(*MakePm2Policy({.restart_delay = 2s}), quick, 60s), 30U);
}

TEST(Pm2, BackoffGrowsByHalfToFifteenSeconds) {
  const Pm2Rules rules = {.max_restarts = 1000, .exp_backoff = 100ms};
  const Prediction seen = Predict(*MakePm2Policy(rules), {.run_time = 0ms}, 10min);
  EXPECT_EQ(seen.starts[1], 100ms);
  EXPECT_EQ(seen.starts[2], 250ms);
  EXPECT_EQ(seen.starts.back() - seen.starts[seen.starts.size() - 2], 15s);
}

// Measured: node reports a signal as code null, and null counts as 0.
TEST(Pm2, StopExitCode0StopsAfterASignalToo) {
  const auto policy = MakePm2Policy({.stop_exit_codes = {0}});
  EXPECT_FALSE(RestartsAfter(*policy, {.status = 0}));
  EXPECT_FALSE(RestartsAfter(*policy, {.signal = SIGSEGV}));
  EXPECT_TRUE(RestartsAfter(*policy, {.status = 1}));
}

TEST(Pm2, EcosystemIsRead) {
  constexpr char kEcosystem[] =
      R"({"apps": [{"name": "web", "script": "web.js", "args": "-p 80", "max_restarts": 3,
          "watch": true}, {"name": "b", "script": "./b", "autorestart": false}]})";
  const auto web = ParsePm2Ecosystem("e.json", kEcosystem, "web");
  EXPECT_EQ(web->Describe(), "pm2 max_restarts=3");
  EXPECT_THAT(web->job().command, ElementsAre("node", "web.js", "-p", "80"));
  EXPECT_THAT(web->Notes(), ElementsAre("e.json: not modelled: app.watch (line 2)"));
  EXPECT_FALSE(RestartsAfter(*ParsePm2Ecosystem("e.json", kEcosystem, "b"), {.status = 1}));
  EXPECT_THAT(BadInputOf([&] { ParsePm2Ecosystem("e.json", kEcosystem, ""); }),
              StartsWith("e.json: say which application is meant"));
  EXPECT_THAT(BadInputOf([] { ParsePm2Ecosystem("e.json", R"({"apps": [{}]})", ""); }),
              StartsWith("e.json:1: app.script is missing"));
}

TEST(Procfile, NothingIsRestarted) {
  EXPECT_FALSE(RestartsAfter(*MakeProcfilePolicy(), {.status = 1}));
}

TEST(Procfile, EntriesAreReadAndFaultsNamed) {
  const auto entries = ParseProcfile("Procfile", "# x\nweb: bin/web -p $PORT\n\nworker: work\n");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].command, "bin/web -p $PORT");
  EXPECT_EQ(entries[1].line, 4);
  EXPECT_EQ(BadInputOf([] { ParseProcfile("Procfile", "web\n"); }),
            "Procfile:1: not of the form NAME: COMMAND");
  EXPECT_EQ(BadInputOf([] { ParseProcfile("Procfile", "\nweb:\n"); }), "Procfile:2: no command");
}

TEST(Npm, StartScriptIsTheCommandAndIsNotRestarted) {
  const auto npm =
      ParsePackageJson("package.json", R"({"name": "a", "scripts": {"start": "node a.js"}})");
  EXPECT_THAT(npm->job().command, ElementsAre("/bin/sh", "-c", "exec node a.js"));
  EXPECT_EQ(npm->job().label, "a");
  EXPECT_FALSE(RestartsAfter(*npm, {.ended = 1s, .status = 1}));
}

TEST(Npm, FaultsAreNamedWithTheirLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "package.json: is empty"},
      {"{", "package.json:1: "},
      {",a", "package.json:1: no document begins so"},
      {"--- {}\n---\n,", "package.json:3: no document begins so"},
      {"{}", "package.json: no script `start`"},
      {"{\"scripts\":\n 1}", "package.json:2: the file.scripts is no map"},
      {R"({"scripts": {"start": []}})", "package.json:1: the file.scripts.start is no plain text"},
  };
  for (const auto& fault : cases) {
    EXPECT_THAT(BadInputOf([&] { ParsePackageJson("package.json", fault.first); }),
                StartsWith(fault.second));
  }
}

}  // namespace
}  // namespace pidfall
