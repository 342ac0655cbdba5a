#include "harness/supervisor/monit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/supervisor/monitrc.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/policy_testing.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Monit, StartsAtTheNextCycle) {
  const auto policy = MakeMonitPolicy({.cycle = 30s});
  EXPECT_THAT(Predict(*policy, {.run_time = 1s}, 100s).starts,
              ElementsAre(0s, 30100ms, 60200ms, 90300ms));
  EXPECT_THAT(Predict(*policy, {.run_time = 31s}, 100s).starts, ElementsAre(0s, 60100ms));
}

TEST(Monit, WaitsForTheProcessThatItDidNotSee) {
  const auto policy = MakeMonitPolicy({.cycle = 2s});
  EXPECT_THAT(Predict(*policy, {.run_time = 50ms}, 100s).starts, ElementsAre(0s, 32s, 64s, 96s));
  const auto other = MakeMonitPolicy({.cycle = 2s, .start_timeout = 5s});
  EXPECT_THAT(Predict(*other, {.run_time = 50ms}, 20s).starts, ElementsAre(0s, 7s, 14s));
}

// Measured with 5.33 and `set daemon 2`.
TEST(Monit, LimitEndsItsCare) {
  struct {
    MonitLimit limit;
    SupervisorTime run_time;
    std::size_t starts;  // of how many; else it goes on
    bool gives_up;
  } const rows[] = {{{3, 3}, 400ms, 3, true},
                    {{3, 5}, 400ms, 3, true},
                    {{3, 5}, 3s, 3, true},
                    {{3, 6}, 5s, 10, false}};
  for (const auto& row : rows) {
    const auto policy = MakeMonitPolicy({.cycle = 2s, .limits = {row.limit}});
    const Prediction seen = Predict(*policy, {.run_time = row.run_time}, 1min);
    EXPECT_EQ(seen.starts.size(), row.starts) << policy->Describe();
    EXPECT_EQ(seen.gave_up, row.gives_up) << policy->Describe();
  }
}

TEST(Monit, SeveralLimitsCountTogetherUntilTheLongestIsOver) {
  const auto policy = MakeMonitPolicy({.cycle = 2s, .limits = {{3, 4}, {5, 20}}});
  // Two cycles a run: the third start comes in the fifth cycle, the fifth one in the ninth.
  const Prediction seen = Predict(*policy, {.run_time = 3s}, 1min);
  EXPECT_EQ(seen.starts.size(), 5U);
  EXPECT_EQ(seen.rest, "5 restarts within 20 cycles");
}

constexpr char kControl[] =
    "# a comment\n"
    "SET DAEMON 60 with start delay 240\n"
    "set mail-format { subject: it's $SERVICE }\n"
    "set alert root@localhost not on { instance, action }\n"
    "check process web with pidfile /run/web.pid\n"
    "  group www\n"
    "  start program = \"/usr/bin/web --name 'a b'\" as uid www and gid www with timeout 45 "
    "seconds\n"
    "  stop program = \"/usr/bin/web stop\"\n"
    "  if 5 restarts within 6 cycles then timeout\n"
    "  if 2 restarts within 3 cycles then alert\n"
    "  if failed port 80 for 2 cycles then restart else if succeeded then alert\n"
    "  every 2 cycles\n"
    "check file log with path /var/log/web.log\n"
    "  start program = \"/bin/true\"\n"
    "check process \"my mail\" matching \"mail -d\" if 3 restart 3 cycles then stop\n"
    "  start = \"/etc/init.d/mail start\"stop=\"/bin/true\"\n";

TEST(Monitrc, ProcessIsReadByName) {
  const auto web = ParseMonitProcess("monitrc", kControl, "web");
  EXPECT_EQ(web->Describe(), "monit, a cycle of 2 min, 5 restarts in 6 cycles");
  EXPECT_THAT(web->job().command, ElementsAre("/usr/bin/web", "--name", "a b"));
  EXPECT_EQ(web->job().pid_file, "/run/web.pid");
  EXPECT_EQ(web->job().label, "web");
  EXPECT_EQ(web->Next({{.ended = 10ms}}).start_at, 45s + 2min);
  EXPECT_THAT(web->Notes(), ElementsAre("monitrc: not modelled: start delay (line 2), uid (line "
                                        "7), gid (line 7), stop (line 8), if (line 11)"));
}

TEST(Monitrc, AnIncludeIsNamedWhereverItStands) {
  const char* const text =
      "include /before/*\nset daemon 30\ncheck process web with pidfile /run/web.pid\n"
      "start program = \"/usr/bin/web\"\ninclude /after/*\n";
  EXPECT_THAT(ParseMonitProcess("monitrc", text, "web")->Notes(),
              ElementsAre("monitrc: not modelled: include (line 1), include (line 5)"));
}

TEST(Monitrc, StatementsMayShareALine) {
  EXPECT_THAT(MonitProcesses("monitrc", kControl), ElementsAre("web", "my mail"));
  const auto mail = ParseMonitProcess("monitrc", kControl, "my mail");
  EXPECT_EQ(mail->Describe(), "monit, a cycle of 1 min, 3 restarts in 3 cycles");
  EXPECT_THAT(mail->job().command, ElementsAre("/etc/init.d/mail", "start"));
  EXPECT_THAT(mail->job().pid_file, IsEmpty());
}

std::string Web(const std::string& statements) {
  return "set daemon 10\ncheck process web with pidfile /run/web.pid\nstart \"/bin/web\"\n" +
         statements;
}

// Measured: neither is ever started.
TEST(Monitrc, StatementsThatKeepItDown) {
  for (const char* statement :
       {"mode passive", "mode manual", "onreboot nostart", "if does not exist then alert"}) {
    const auto policy = ParseMonitProcess("monitrc", Web(statement), "");
    EXPECT_FALSE(policy->Next({}).start_at) << statement;
    EXPECT_THAT(policy->Describe(), HasSubstr(", ")) << statement;
  }
  for (const char* statement : {"mode active", "onreboot start", "if not exist then restart", ""}) {
    EXPECT_TRUE(ParseMonitProcess("monitrc", Web(statement), "")->Next({}).start_at) << statement;
  }
  constexpr char kWatched[] = "check process web with pidfile /run/web.pid";
  EXPECT_EQ(ParseMonitProcess("monitrc", kWatched, "")->Next({}).why, "no start program");
}

TEST(Monitrc, FaultsAreNamedWithTheirLine) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "monitrc: no `check process` in it"},
      {kControl, "monitrc: say which process is meant: monit:monitrc#NAME"},
      {"group www", "monitrc:1: group: stands before any `check`"},
      {"\nweb", "monitrc:2: 'web' begins no statement"},
      {"set daemon soon",
       "monitrc:1: set: the length of a cycle 'soon' is no whole number above 0"},
      {"set daemon 0", "monitrc:1: set: the length of a cycle '0' is no whole number above 0"},
      {"check process web\n", "monitrc:1: check: neither `with pidfile FILE` nor"},
      {"check process\n", "monitrc:1: check: the process's name is missing"},
      {Web("check process web matching x"), "monitrc:4: a second `check process web`"},
      {Web("stat program = \"x\""), "monitrc:4: start: 'stat' begins no statement"},
      {Web("group www\nstat program"), "monitrc:5: group: 'stat' begins no statement"},
      {Web("start program = \"a"), "monitrc:4: no \" closes the \""},
      {Web("start program = \"a 'b\""), "monitrc:4: start: no program, or a quote is not closed"},
      {Web("alert a@b {"), "monitrc:4: no } closes the {"},
      {Web("mode passiv"), "monitrc:4: mode: none of active, passive and manual"},
      {Web("if 5 restarts within 3 cycles then stop"), "monitrc:4: if: more restarts than cycles"},
      {Web("if 0 restarts within 3 cycles then stop"), "monitrc:4: if: the number of restarts '0'"},
      {Web("if 3 restarts within 5 cycles"), "monitrc:4: if: no `then` in it"},
      {Web("if 3 restarts within 5\n cycles then\n go"), "monitrc:6: if: none of alert, exec"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(BadInputOf([&text = text] { ParseMonitProcess("monitrc", text, ""); }),
                StartsWith(message));
  }
}

class MonitFolder : public testing::Test {
 protected:
  MonitFolder() : folder_(mkdtemp(pattern_)) {
    std::filesystem::create_directory(folder_ / "conf.d");
    std::ofstream(file()) << "check process web with pidfile /run/web.pid start \"/bin/web\"\n";
  }
  ~MonitFolder() override { std::filesystem::remove_all(folder_); }
  std::string file() const { return folder_ / "conf.d/web"; }

  char pattern_[32] = "/tmp/pidfall-monit.XXXXXX";
  std::filesystem::path folder_;
};

TEST_F(MonitFolder, CycleIsThatOfTheMonitrcAbove) {
  EXPECT_THAT(LookUpPolicy("monit:" + file())->Notes(),
              ElementsAre(file() + ": no `set daemon` in it: 30 s is taken"));
  std::ofstream(folder_ / "monitrc") << "set daemon 120\ninclude /etc/monit/conf.d/*\n";
  const auto policy = LookUpPolicy("monit:" + file() + "#web");
  EXPECT_EQ(policy->Describe(), "monit, a cycle of 2 min");
  EXPECT_THAT(policy->Notes(), ElementsAre(file() + ": no `set daemon` in it: 2 min is taken"));
}

}  // namespace
}  // namespace pidfall
