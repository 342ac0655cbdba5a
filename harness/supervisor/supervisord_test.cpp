#include "harness/supervisor/supervisord.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/supervisor/policy_testing.h"
#include "harness/supervisor/supervisord_conf.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::StartsWith;

constexpr SupervisordRestart kAll[] = {SupervisordRestart::kNever, SupervisordRestart::kUnexpected,
                                       SupervisordRestart::kAlways};

// Also with autorestart=false, and also with status 0: startsecs comes first.
TEST(Supervisord, QuickExitOfAnyKindIsStartedFourTimes) {
  for (const SupervisordRestart restart : kAll) {
    for (const int status : {0, 1, 78}) {
      const Prediction seen = Predict(*MakeSupervisordPolicy({.restart = restart}),
                                      {.run_time = 50ms, .status = status}, 10min);
      EXPECT_THAT(seen.starts, ElementsAre(0ms, 1050ms, 3100ms, 6150ms));
      EXPECT_TRUE(seen.gave_up);
      EXPECT_EQ(seen.rest, "FATAL: exited too quickly 4 times");
    }
  }
}

TEST(Supervisord, LongerRunRestartsAsAutorestartSays) {
  struct {
    SupervisordRestart restart;
    bool status0, status1, killed;
  } const rows[] = {{SupervisordRestart::kNever, false, false, false},
                    {SupervisordRestart::kUnexpected, false, true, true},
                    {SupervisordRestart::kAlways, true, true, true}};
  for (const auto& row : rows) {
    const auto policy = MakeSupervisordPolicy({.restart = row.restart});
    EXPECT_EQ(RestartsAfter(*policy, {.ended = 2s}), row.status0);
    EXPECT_EQ(RestartsAfter(*policy, {.ended = 2s, .status = 1}), row.status1);
    EXPECT_EQ(RestartsAfter(*policy, {.ended = 2s, .signal = SIGKILL}), row.killed);
  }
}

TEST(Supervisord, LongRunMakesTheCountZeroAgain) {
  const std::vector<EndedRun> history = {{.ended = 0s, .status = 1},
                                         {.started = 1s, .ended = 5s, .status = 1},
                                         {.started = 5s, .ended = 5s}};
  EXPECT_EQ(MakeSupervisordPolicy({})->Next(history).start_at, 6s);
}

// Measured with 4.2.5: a second's wait, which is its loop's.
TEST(Supervisord, NoStartSecsMeansNoGivingUp) {
  const auto policy =
      MakeSupervisordPolicy({.restart = SupervisordRestart::kAlways, .start_secs = 0s});
  EXPECT_EQ(StartCount(*policy, {.run_time = 0ms, .status = 1}, 60s), 60U);
}

constexpr char kConf[] =
    "; a comment\n[supervisord]\nnodaemon=true\n"
    "[program:web]\ncommand=/bin/web \"a b\" ; trailing\nautorestart=true\n"
    "startsecs=5\nexitcodes=0,2\nenvironment=A=\"b,c\",\n  D=e\ndirectory=/var\nuser=web\n"
    "[program:once]\ncommand=/bin/once\nautostart=false\nautorestart=unexpected\n";

TEST(SupervisordConf, ProgramIsReadByName) {
  const auto web = ParseSupervisordProgram("s.conf", kConf, "web");
  EXPECT_EQ(web->Describe(), "supervisord autorestart=true, startsecs=5, startretries=3");
  EXPECT_THAT(web->job().command, ElementsAre("/bin/web", "a b"));
  EXPECT_EQ(web->job().environment.at("A"), "b,c");
  EXPECT_EQ(web->job().environment.at("D"), "e");
  EXPECT_EQ(web->job().marks.at("SUPERVISOR_PROCESS_NAME"), "web");
  EXPECT_THAT(web->Notes(), ElementsAre("s.conf: not modelled: user (line 12)"));
  EXPECT_FALSE(ParseSupervisordProgram("s.conf", kConf, "once")->Next({}).start_at);
}

TEST(SupervisordConf, FaultsAreNamedWithTheirLine) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "s.conf: no [program:NAME] in it"},
      {kConf, "s.conf: say which program is meant: supervisord:s.conf#NAME"},
      {"a=b", "s.conf:1: stands before any [SECTION]"},
      {"[program:web\n", "s.conf:1: a section's name without its ]"},
      {"[program:web]\nx\n", "s.conf:2: neither [SECTION] nor KEY=VALUE"},
      {"[program:web]\n\n", "s.conf:1: [program:web] has no command"},
      {"[program:web]\nstartsecs=soon\n", "s.conf:2: startsecs=soon: not a whole number"},
      {"[program:web]\nautorestart=maybe\n", "s.conf:2: autorestart=maybe: none of"},
      {"[program:web]\ncommand=\"x\n", "s.conf:2: command=\"x: no command, or a quote"},
      {"[program:web]\nenvironment=x\n", "s.conf:2: environment=x: 'x' sets nothing"},
  };
  for (const auto& fault : cases) {
    EXPECT_THAT(BadInputOf([&, t = fault.first] { ParseSupervisordProgram("s.conf", t, ""); }),
                StartsWith(fault.second));
  }
}

TEST(SupervisordConf, IncludeIsNamedAndNotFollowed) {
  const std::string include = "[include]\nfiles = conf.d/*.conf\n";
  const std::string note =
      "s.conf:2: [include] files=conf.d/*.conf is not followed: name an "
      "included file";
  const auto web = ParseSupervisordProgram("s.conf", include + "[program:web]\ncommand=x\n", "");
  EXPECT_THAT(web->Notes(), ElementsAre(note));
  for (const char* program : {"", "web"}) {
    EXPECT_EQ(BadInputOf([&] { ParseSupervisordProgram("s.conf", include, program); }),
              note + "; no [program:NAME] is in this one");
  }
}

TEST(Supervisord, NumprocsIsTheNumberOfCopies) {
  const auto copies = [](const std::string& text) {
    return ParseSupervisordProgram("c", "[program:a]\ncommand=x\n" + text, "")->job().copies;
  };
  EXPECT_EQ(copies(""), 1);
  EXPECT_EQ(copies("numprocs=4\n"), 4);
}

}  // namespace
}  // namespace pidfall
