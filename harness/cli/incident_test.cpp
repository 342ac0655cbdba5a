// `incident run` and `supervise` with the user's commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;

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

TEST_F(IncidentCommandTest, APortWithoutACommandIsRefused) {
  ExpectRefused({"incident", "run", kIncident, "--port", "9000"},
                "--port is the port of a command after --");
}

TEST_F(IncidentCommandTest, ACommandThatFailsUnderItsSupervisorIsABreach) {
  const ProgramOutcome outcome =
      Run({"supervise", "--policy", "launchd:keepalive", "--for", "1min", "--", "false"});
  EXPECT_EQ(outcome.status, kBroke);
  EXPECT_THAT(outcome.out, HasSubstr("FAIL  C11  it failed "));
}

}  // namespace
}  // namespace pidfall
