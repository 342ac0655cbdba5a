// The built program, as users run it: bad input gives one clear line and status 2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

TEST_F(CliTest, UnknownWordsAreRefused) {
  ExpectRefused({"run", "--bogus"}, "'--bogus' is not known to pidfall run (see --help)");
  ExpectRefused({"run", "--guard", "belief"},
                "--guard: belief not in {none,pidfile,lockfile,port,reference} (see --help)");
  ExpectRefused({"run", "--json"}, "--json: 1 required FILE missing (see --help)");
  ExpectRefused({"run", "--", "sleep", "1"}, "run takes no command: 'sleep' was given after --");
  ExpectRefused({"supervise", "--"}, "no command follows --");
}

TEST_F(CliTest, AnErrorInAWordNamesTheNearest) {
  ExpectRefused({"ruin"}, "'ruin' is not known to pidfall; the nearest is run");
  ExpectRefused({"check", "--jnit=x", "--", "true"},
                "'--jnit=x' is not known to pidfall check; the nearest is --junit");
  ExpectRefused({"incident", "shwo", "x"},
                "'shwo' is not known to pidfall incident; the nearest is show");
  ExpectRefused({"incident"}, "pidfall incident needs one of list, show, new, run");
}

TEST_F(CliTest, ACommandWithoutItsSeparatorIsShownWithIt) {
  const ProgramOutcome outcome = Run({"python3", "a b.py"});
  EXPECT_EQ(outcome.status, kBadUsage);
  EXPECT_THAT(outcome.error, HasSubstr("/pidfall check -- python3 'a b.py'\n"));
  ExpectRefused({"check", "python3", "a.py"},
                "'python3' is not known to pidfall check; the server's command comes after --, as "
                "in: -- python3 a.py");
}

TEST_F(CliTest, NumbersOutOfRangeAreRefused) {
  ExpectRefused({"supervise", "--port", "65536"},
                "--port: '65536' is not a whole number from 1 to 65535");
  ExpectRefused({"supervise", "--port", "7abc"},
                "--port: '7abc' is not a whole number from 1 to 65535");
  ExpectRefused({"run", "-j", "0"}, "--jobs: '0' is not a whole number from 1 to 1024");
  ExpectRefused({"run", "--shard", "3/2"}, "--shard I/N: '3' is not a whole number from 1 to 2");
}

TEST_F(CliTest, AStartThatMayTakeNoTimeIsRefused) {
  ExpectRefused({"check", "--start-timeout", "0s", "--", "true"},
                "--start-timeout: '0s' is no time at all");
}

TEST_F(CliTest, AWorkingFolderThatWasRemovedIsNamed) {
  std::filesystem::remove(work_);
  const ProgramOutcome outcome = Run({"check", "--", "true"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.error,
            "pidfall: the folder that you are in cannot be found (No such file or directory): "
            "change to one that exists\n");
}

TEST_F(CliTest, AGlobThatMatchesNothingIsRefused) {
  ExpectRefused({"run", "--scenario", "stael/*"},
                "--scenario 'stael/*' matches no scenario (--list shows them)");
}

TEST_F(CliTest, AFileThatCannotBeWrittenIsRefusedBeforeAnythingRuns) {
  ExpectRefused({"run", "--json", "/nowhere/x.json"},
                "cannot write /nowhere/x.json: No such file or directory");
  ExpectRefused({"run", "--json", "-", "--junit", "-"},
                "--json and --junit cannot both go to standard output");
  ExpectRefused({"run", "--json", "x", "--junit", "./x"}, "--json and --junit cannot both go to x");
  ExpectRefused({"run", "--html", "-", "--junit", "-"},
                "--junit and --html cannot both go to standard output");
}

TEST_F(CliTest, AnExhaustiveCheckListsWhatIsExplored) {
  EXPECT_THAT(Run({"check", "--exhaustive", "--list"}).out, HasSubstr("\nrace/any "));
  EXPECT_THAT(Run({"check", "--list"}).out, Not(HasSubstr("race/any")));
  ExpectRefused({"check", "--exhaustive", "--repeat", "2", "--", "true"},
                "--repeat excludes --exhaustive (see --help)");
}

TEST_F(CliTest, AnOptionThatATableOfPoliciesWouldIgnoreIsRefused) {
  const std::string excludes = " excludes --table (see --help)";
  ExpectRefused({"supervise", "--table", "--policy", "launchd:keepalive"}, "--policy" + excludes);
  ExpectRefused({"supervise", "--table", "--json", "x.json"}, "--json" + excludes);
  ExpectRefused({"supervise", "--table", "--junit", "x.xml"}, "--junit" + excludes);
  ExpectRefused({"supervise", "--table", "--real-time"}, "--real-time" + excludes);
  ExpectRefused({"supervise", "--table", "-v"}, "--verbose" + excludes);
  ExpectRefused({"supervise", "--table", "--port", "8767"}, "--port" + excludes);
  ExpectRefused({"supervise", "--table", "--", "true"},
                "supervise --table takes no command: 'true' was given after --");
}

TEST_F(CliTest, ASingleSimulationTakesNoJobs) {
  ExpectRefused({"supervise", "--table", "-j", "2"},
                "'-j' is not known to pidfall supervise (see --help)");
}

TEST_F(CliTest, ControlCharactersInAnArgumentStayOffTheTerminal) {
  ExpectRefused({"run", "--scenario", "\x1B[2J\n"},
                "--scenario '\\x1b[2J ' matches no scenario (--list shows them)");
}

TEST_F(CliTest, NoCommandIsBadUsageAndLeadsToTheFirstStep) {
  const ProgramOutcome outcome = Run({});
  EXPECT_EQ(outcome.status, kBadUsage);
  EXPECT_THAT(outcome.error, HasSubstr("/pidfall check -- COMMAND "));
}

TEST_F(CliTest, HelpAndVersionAreAnswers) {
  EXPECT_EQ(Run({"run", "--help"}).status, 0);
  EXPECT_THAT(Run({"run", "--help"}).out, HasSubstr("--shard"));
  EXPECT_EQ(Run({"--version"}).out, "pidfall " PIDFALL_VERSION "\n");
}

TEST_F(CliTest, HelpNamesTheCommandThatMayFollow) {
  const std::string command = "[OPTIONS] [-- COMMAND [ARG...]]\n";
  EXPECT_THAT(Run({"check", "--help"}).out, HasSubstr("pidfall check " + command));
  EXPECT_THAT(Run({"supervise", "--help"}).out, HasSubstr("supervise " + command));
  EXPECT_THAT(Run({"incident", "run", "--help"}).out,
              HasSubstr("[which...] [-- COMMAND [ARG...]]\n"));
  EXPECT_THAT(Run({"run", "--help"}).out, Not(HasSubstr("COMMAND")));
}

TEST_F(CliTest, ListRunsNothing) {
  const ProgramOutcome outcome = Run({"run", "--list", "--scenario", "stale/zero"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.out.starts_with("stale/zero  C")) << outcome.out;
  EXPECT_TRUE(fs::is_empty(work_));
}

TEST_F(CliTest, AVerboseSimulationListsEveryStart) {
  const std::vector<std::string> command = {"--for", "30s", "--", "false"};
  const auto simulate = [&](std::vector<std::string> words) {
    words.insert(words.end(), command.begin(), command.end());
    return Run(words);
  };
  const std::string entry = "status 1 after ";
  const ProgramOutcome quiet = simulate({"supervise", "--policy", "launchd:keepalive"});
  EXPECT_THAT(quiet.out, Not(HasSubstr(entry)));
  const ProgramOutcome verbose = simulate({"supervise", "--policy", "launchd:keepalive", "-v"});
  EXPECT_THAT(verbose.out, HasSubstr(entry));
}

// The same server under the same lock: the roll-out ends where standing by counts as ready.
TEST_F(CliTest, AStartFirstRollOutEndsWhereStandingByIsReady) {
  const fs::path server = fs::read_symlink("/proc/self/exe").parent_path() / "serve-task-manager";
  const auto roll_out = [&](const std::string& policy) {
    return Run({"supervise", "--policy", policy, "--for", "2min", "--port", "8767", "--", server,
                "--pid-file", work_ / "x.pid", "--on-duplicate", "wait"})
        .out;
  };
  const std::string endless = "note: the roll-out did not end\n";
  EXPECT_THAT(roll_out("start-first"), HasSubstr(endless));
  EXPECT_THAT(roll_out("start-first:standby-ready"), Not(HasSubstr(endless)));
  EXPECT_THAT(roll_out("stop-first"), Not(HasSubstr(endless)));
}

TEST_F(CliTest, AFullDiskIsNotSuccess) {
  EXPECT_EQ(StatusOf(Spawn({"run", "--list"}, "/dev/full", folder_ / "error")), kBrokenRun);
  EXPECT_EQ(Content(folder_ / "error"),
            "pidfall: cannot write standard output: No space left on device\n");
}

TEST_F(CliTest, AnErrorMessageThatCannotBeWrittenLeavesTheStatus) {
  EXPECT_EQ(StatusOf(Spawn({"run", "--list"}, kClosed, kClosed)), kBrokenRun);
  EXPECT_EQ(StatusOf(Spawn({"run", "--list"}, "/dev/full", "/dev/full")), kBrokenRun);
  EXPECT_EQ(StatusOf(Spawn({"ruin"}, folder_ / "out", kClosed)), kBadUsage);
}

TEST_F(CliTest, ResultsOnStandardOutputMoveTheTableToStandardError) {
  const ProgramOutcome outcome =
      Run({"run", "--scenario", "stale/zero", "--guard", "reference", "--json", "-"});
  EXPECT_TRUE(outcome.out.starts_with("{\n")) << outcome.out;
  EXPECT_THAT(outcome.error, HasSubstr("1 scenario x 1 strategy"));
  EXPECT_TRUE(fs::is_empty(work_));
}

TEST_F(CliTest, APageIsWrittenForPeople) {
  const ProgramOutcome outcome =
      Run({"run", "--scenario", "stale/zero", "--html", "x.html", "--sarif", "x.sarif"});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  const std::string page = Content(work_ / "x.html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>")) << page;
  EXPECT_THAT(page, HasSubstr("\"scenario\":\"stale/zero\""));
  EXPECT_THAT(Content(work_ / "x.sarif"), HasSubstr("\"version\": \"2.1.0\""));
}

TEST_F(CliTest, AJobForCiIsPrintedAloneOnStandardOutput) {
  const ProgramOutcome outcome =
      Run({"check", "--scenario", "stale/*", "--except", "stale/e*", "--port", "8767", "--time",
           "5 min", "-v", "-j", "2", "--write-ci", "github", "--",
           ProgramFolder() + "/serve-task-manager", "--guard", "reference"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.error;
  EXPECT_TRUE(outcome.out.starts_with("# .github/workflows/pidfall.yml\n")) << outcome.out;
  EXPECT_THAT(outcome.out,
              HasSubstr("            --port 8767 --scenario 'stale/*' --except 'stale/e*' "
                        "--time '5 min' --verbose\n"));
  EXPECT_THAT(outcome.error, HasSubstr(" pass"));
  ExpectRefused({"check", "--write-ci", "jenkins", "--", "true"},
                "--write-ci: 'jenkins' is not github, gitlab or ctest");
  ExpectRefused({"check", "--write-ci", "ctest", "--json", "-", "--", "true"},
                "--json and --write-ci cannot both go to standard output");
}

TEST_F(CliTest, APictureIsDrawnOfASimulation) {
  const ProgramOutcome outcome = Run({"supervise", "--policy", "launchd:keepalive", "--for", "1min",
                                      "--picture", "x.svg", "--start", "10:28", "--", "false"});
  EXPECT_THAT(Content(work_ / "x.svg"), HasSubstr(">10:28:00</text>")) << outcome.error;
  EXPECT_THAT(Content(work_ / "x.svg"), HasSubstr("status 1</text>"));
}

TEST_F(CliTest, APictureIsDrawnOfTheFirstBreachOfACheckOrARun) {
  const std::vector<std::string> stale = {"--scenario", "stale/*", "--picture", "x.svg"};
  const auto draw = [&](std::vector<std::string> before, const std::vector<std::string>& after) {
    before.insert(before.end(), stale.begin(), stale.end());
    before.insert(before.end(), after.begin(), after.end());
    const ProgramOutcome outcome = Run(before);
    return Content(work_ / "x.svg") + outcome.error;
  };
  const std::string server = ProgramFolder() + "/serve-task-manager";
  const std::string checked =
      draw({"check", "--start", "10:28"}, {"--", server, "--guard", "pidfile"});
  for (const char* words : {">10:28:0", ": breach of C", "serve-task-manager --guard pidfile"}) {
    EXPECT_THAT(checked, HasSubstr(words));
  }
  EXPECT_THAT(draw({"run", "--guard", "pidfile"}, {}), HasSubstr(" on pidfile: breach of C"));
}

TEST_F(CliTest, WhereNoStoryWasToldThePictureIsSaidToBeMissing) {
  const ProgramOutcome outcome =
      Run({"run", "--guard", "none", "--scenario", "stale/zero", "--picture", "x.svg"});
  EXPECT_THAT(outcome.out, HasSubstr("--picture: no scenario was run that could be drawn"));
}

TEST_F(CliTest, AnImpossiblePictureIsRefused) {
  const std::vector<std::string> supervise = {"supervise", "--policy", "launchd:keepalive"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), supervise.begin(), supervise.end());
    return more;
  };
  ExpectRefused(with({"--picture", "x.gif", "--", "false"}),
                "--picture: 'x.gif' ends neither in .svg nor in .png");
  ExpectRefused(with({"--start", "10:28", "--", "false"}),
                "--start is the first time of a --picture");
  ExpectRefused(with({"--picture", "x.svg", "--start", "noon", "--", "false"}),
                "--start: 'noon' is no time such as 10:28 or 2025-12-22T10:28");
}

TEST_F(CliTest, AnInterruptShowsTheResultsSoFar) {
  const ProgramOutcome outcome = InterruptAtFirstProgress(
      {"run", "--scenario", "stale/zero", "--repeat", "10000", "--json", "known.json"});
  EXPECT_EQ(outcome.status, kInterrupted);
  EXPECT_THAT(outcome.out, HasSubstr("\nINTERRUPTED: "));
  EXPECT_THAT(Content(work_ / "known.json"), HasSubstr("\"stale/zero\""));
}

}  // namespace
}  // namespace pidfall
