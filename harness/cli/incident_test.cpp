// `incident run` and `supervise` with the user's commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kIncident[] = "2025-12-22-port-conflict";

class IncidentCommandTest : public CliTest {
 protected:
  ProgramOutcome RunIncident(std::vector<std::string> options,
                             const std::vector<std::string>& command) {
    std::vector<std::string> words = {"incident", "run", kIncident};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return Run(words);
  }
};

TEST_F(IncidentCommandTest, AServerOnAPortOfItsOwnIsJudgedAndItsBreachesCounted) {
  const ProgramOutcome outcome = RunIncident(
      {}, {ProgramFolder() + "/serve-task-manager", "--guard", "none", "--port", "9123"});
  EXPECT_EQ(outcome.status, kBroke) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("2 breaches"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("OK")));
}

TEST_F(IncidentCommandTest, ACommandThatNeverServesIsNoSuccess) {
  const ProgramOutcome outcome = RunIncident({}, {"false"});
  EXPECT_EQ(outcome.status, kBrokenRun);
  EXPECT_THAT(outcome.error, HasSubstr("false never served"));
}

TEST_F(IncidentCommandTest, ANewFileRunsAsItIs) {
  ASSERT_EQ(Run({"incident", "new", "ours.toml"}).status, kAsItShouldBe);
  const ProgramOutcome outcome = Run({"incident", "run", "ours.toml"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("OK: 2 verdicts, 2 as expected"));
  const std::string before = Content(work_ / "ours.toml");
  EXPECT_EQ(Run({"incident", "new", "ours.toml"}).status, kBadUsage);
  EXPECT_EQ(Content(work_ / "ours.toml"), before);
}

TEST_F(IncidentCommandTest, AFaultInAFileIsOneLineWithItsPlace) {
  std::ofstream(work_ / "x.toml") << "id = \"x\"\ntitle = 7\n";
  const ProgramOutcome outcome = Run({"incident", "run", "x.toml"});
  EXPECT_EQ(outcome.status, kBadUsage);
  EXPECT_EQ(outcome.error, "pidfall: x.toml:2: 'title' must be a text\n");
}

TEST_F(IncidentCommandTest, AnIncidentIsFoundByItsAddress) {
  const ProgramOutcome outcome =
      Run({"incident", "show", "https://github.com/rails/rails/issues/51155"});
  EXPECT_EQ(outcome.status, kAsItShouldBe);
  EXPECT_THAT(outcome.out, StartsWith("rails-own-pid  "));
}

TEST_F(IncidentCommandTest, ABadNameIsToldTheNearest) {
  const ProgramOutcome outcome = Run({"incident", "run", "rails/rails#51156"});
  EXPECT_EQ(outcome.status, kBadUsage);
  EXPECT_THAT(outcome.error, HasSubstr("the nearest is 'rails/rails#51155'"));
}

TEST_F(IncidentCommandTest, TheListIsNarrowedByMechanismAndPolicy) {
  const std::string third = Run({"incident", "list", "--mechanism", "M3"}).out;
  EXPECT_THAT(third, HasSubstr("apache-disk-helper"));
  EXPECT_THAT(third, Not(HasSubstr("launchd-exit0-loop")));  // that is M30
  const std::string docker = Run({"incident", "list", "--policy", "docker"}).out;
  EXPECT_THAT(docker, HasSubstr("rails-own-pid"));
  EXPECT_THAT(docker, Not(HasSubstr("apache-disk-helper")));
  const std::string one = Run({"incident", "list", "--policy", "launchd:successful-exit"}).out;
  EXPECT_THAT(one, HasSubstr("apache-disk-helper"));
  EXPECT_THAT(one, Not(HasSubstr("launchd-exit0-loop")));
  EXPECT_EQ(Run({"incident", "list", "--mechanism", "M99"}).status, kBadUsage);
}

TEST_F(IncidentCommandTest, AProgramThatTrustsItsOwnPidBreaksInTheIncidentsWay) {
  const std::string stand_in = ProgramFolder() + "/stand-in";
  const auto run = [&](const std::vector<std::string>& guard) {
    std::vector<std::string> words = {"incident", "run",  "rails-own-pid", "--",   stand_in,
                                      "--port",   "9124", "--record",      "r.pid"};
    words.insert(words.end(), guard.begin(), guard.end());
    return Run(words);
  };
  const ProgramOutcome broken = run({"--judge", "kill"});
  EXPECT_EQ(broken.status, kBroke) << broken.out << broken.error;
  EXPECT_THAT(broken.out, HasSubstr("FAIL  breach  C11"));
  const ProgramOutcome fixed = run({"--locked"});
  EXPECT_EQ(fixed.status, kAsItShouldBe) << fixed.out << fixed.error;
}

TEST_F(IncidentCommandTest, APortWithoutACommandIsRefused) {
  ExpectRefused({"incident", "run", kIncident, "--port", "9000"},
                "--port is the port of a command after --");
}

TEST_F(IncidentCommandTest, APictureShowsBeforeAndAfterWithTheirSource) {
  const ProgramOutcome outcome = Run({"incident", "run", "launchd-exit0-loop", "--picture", "x.svg",
                                      "--start", "2026-05-15T09:00"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.error;
  const std::string picture = Content(work_ / "x.svg");
  for (const char* words :
       {">openclaw/openclaw#82248</text>", ">broken</text>", ">fixed</text>", ">09:15</text>"}) {
    EXPECT_THAT(picture, HasSubstr(words));
  }
}

TEST_F(IncidentCommandTest, ResultsNameTheIncidentAndItsAddress) {
  Run({"incident", "run", "launchd-exit0-loop", "--json", "x.json"});
  const nlohmann::json incident = nlohmann::json::parse(Content(work_ / "x.json"))["incident"];
  EXPECT_EQ(incident["id"], "launchd-exit0-loop");
  EXPECT_EQ(incident["address"], "openclaw/openclaw#82248");
  EXPECT_FALSE(incident["title"].get<std::string>().empty());
}

TEST_F(IncidentCommandTest, SeveralFilesAndAddressesRunInOneGo) {
  ASSERT_EQ(Run({"incident", "new", "ours.toml"}).status, kAsItShouldBe);
  ASSERT_EQ(Run({"incident", "new", "theirs.toml"}).status, kAsItShouldBe);
  const ProgramOutcome outcome = Run(
      {"incident", "run", "ours.toml", "theirs.toml", "rhandom/perl-net-server#15", "./ours.toml"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  for (const char* id : {"ours", "theirs", "osquery-empty"}) {
    EXPECT_THAT(outcome.out, HasSubstr(id));
  }
}

TEST_F(IncidentCommandTest, ABadFileAmongOthersStopsThemAll) {
  ASSERT_EQ(Run({"incident", "new", "ours.toml"}).status, kAsItShouldBe);
  const ProgramOutcome outcome = Run({"incident", "run", "ours.toml", "gone.toml"});
  EXPECT_EQ(outcome.status, kBadUsage);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("gone.toml"));
}

TEST_F(IncidentCommandTest, ASkipIsAnErrorWhereNoneIsAllowed) {
  setenv("PIDFALL_SANDBOX", "plain", 1);
  const Words words = {"incident", "run", "gbrain-namespace"};
  const ProgramOutcome skipped = Run(words);
  EXPECT_EQ(skipped.status, kNothingJudged) << skipped.out << skipped.error;
  EXPECT_THAT(skipped.out, HasSubstr("skipped: "));
  setenv("PIDFALL_NO_SKIP", "1", 1);
  EXPECT_EQ(Run(words).status, kBrokenRun);
  unsetenv("PIDFALL_NO_SKIP");
  EXPECT_EQ(Run({"incident", "run", "gbrain-namespace", "--no-skip"}).status, kBrokenRun);
  unsetenv("PIDFALL_SANDBOX");
}

TEST_F(IncidentCommandTest, APictureOfAllIsRefused) {
  ExpectRefused({"incident", "run", "--all", "--picture", "x.svg"},
                "--picture is of one incident, not --all");
}

TEST_F(IncidentCommandTest, ACommandThatFailsUnderItsSupervisorIsABreach) {
  const ProgramOutcome outcome =
      Run({"supervise", "--policy", "launchd:keepalive", "--for", "1min", "--", "false"});
  EXPECT_EQ(outcome.status, kBroke);
  EXPECT_THAT(outcome.out, HasSubstr("FAIL  breach  C11  restart-loop/supervise   it failed "));
}

}  // namespace
}  // namespace pidfall
