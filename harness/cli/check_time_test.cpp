// `check --time`: what is not reached is named, and never counts as passed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

TEST_F(CliTest, AScenarioThatTheTimeDoesNotReachIsSkippedByName) {
  const ProgramOutcome outcome = Run({"check", "--time", "1ms", "--scenario", "stale/*", "--",
                                      ProgramFolder() + "/serve-task-manager"});
  EXPECT_EQ(outcome.status, kNothingJudged) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("skipped: not judged: the time that --time allows was over\n"
                                     "  stale/"));
}

TEST_F(CliTest, AnExhaustiveCheckNamesWhatTheTimeDoesNotReach) {
  const ProgramOutcome outcome = Run(
      {"check", "--exhaustive", "--time", "1ms", "--", ProgramFolder() + "/serve-task-manager"});
  EXPECT_EQ(outcome.status, kNothingJudged) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("crash-point/any errors/any race/any\n"));
}

TEST_F(CliTest, NoTimeAtAllIsRefused) {
  ExpectRefused({"check", "--time", "0s", "--", "true"}, "--time: '0s' is no time at all");
}

}  // namespace
}  // namespace pidfall
