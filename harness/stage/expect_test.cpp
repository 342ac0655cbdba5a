#include "harness/stage/expect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "harness/process/fd.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// A server without a port: it names itself in the file and stays. A second one ends with `status`.
Target Guarded(const std::string& at_a_duplicate) {
  return {.command = {"/bin/sh", "-c",
                      "[ -s {pid_file} ] && { " + at_a_duplicate +
                          "; }; echo $$ > {pid_file}; "
                          "mkfifo {dir}/../fifo 2>/dev/null; exec cat <> {dir}/../fifo"},
          .pid_file = "{pid_file}",
          .duplicate_exit = 3};
}

// "clause: summary" of the breach; of a story without one, its weaknesses.
std::string Judged(const Target& target, const std::function<void(Stage&)>& story) {
  return OnStage(target, [&](Stage& stage) -> std::string {
    try {
      story(stage);
    } catch (const Breach& breach) {
      return breach.clause + ": " + breach.what();
    }
    std::string all = "kept";
    for (const auto& weakness : stage.evidence().weaknesses()) all += ", " + weakness.summary;
    return all;
  });
}

void SecondStart(Stage& stage) {
  Instance& owner = stage.StartOwner();
  ExpectQuiet(stage, stage.Start(), owner);
}

TEST(ExpectTest, ADuplicateWithTheDeclaredStatusIsQuiet) {
  EXPECT_EQ(Judged(Guarded("exit 3"), SecondStart), "kept");
}

TEST(ExpectTest, ADuplicateWithAnotherStatusBreaksC2) {
  EXPECT_THAT(Judged(Guarded("echo taken; exit 1"), SecondStart),
              AllOf(StartsWith("C2: "), HasSubstr("not the declared 3"), HasSubstr("taken")));
}

TEST(ExpectTest, WithoutADeclaredStatusTheFirstDuplicatesCounts) {
  Target target = Guarded("exit 5");
  target.duplicate_exit.reset();
  EXPECT_EQ(Judged(target, SecondStart), "kept");
}

TEST(ExpectTest, ADuplicateThatFailsAndLeavesAHelperIsAWeakness) {
  EXPECT_THAT(Judged(Guarded("sleep 99 & exit 3"), SecondStart),
              AllOf(StartsWith("kept, "), HasSubstr("ended with status 3 and left sleep (pid ")));
}

TEST(ExpectTest, ADuplicateThatServesBreaksC1) {
  EXPECT_THAT(Judged(Guarded(":"), SecondStart),
              AllOf(StartsWith("C1: "), HasSubstr("beside the owner A")));
}

TEST(ExpectTest, ARefusedStartDoesNotServe) {
  EXPECT_THAT(Judged(Guarded("echo sorry; exit 3"),
                     [](Stage& stage) {
                       WriteFile(stage.pid_file(), "99999");
                       ExpectServes(stage, stage.Start(), "C3", "nobody has 99999");
                     }),
              AllOf(StartsWith("C3: A refused to start (status 3)"), HasSubstr("sorry"),
                    HasSubstr("although nobody has 99999")));
}

TEST(ExpectTest, AStartThatWaitsDoesNotServe) {
  EXPECT_THAT(
      Judged({.command = {"/bin/sh", "-c", "echo taken; exec cat <> {dir}/../fifo"}, .port = 8767},
             [](Stage& stage) {
               ASSERT_EQ(mkfifo((stage.folder() + "/../fifo").c_str(), 0600), 0);
               ExpectServes(stage, stage.Start(), "C3", "nobody serves");
             }),
      StartsWith("C3: A waited instead of serving and printed \"taken\", although nobody"));
}

TEST(ExpectTest, AContenderOnAnotherPortIsNotKeptOut) {
  const Target target{
      .command = {"/usr/bin/python3", "-c",
                  "import signal, socket, sys\n"
                  "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\nsignal.pause()",
                  "{port}"},
      .port = 8767};
  EXPECT_THAT(Judged(target,
                     [](Stage& stage) {
                       Instance& owner = stage.StartOwner();
                       Instance& other = stage.Start({.port = stage.OtherPort()});
                       ExpectKeptOut(stage, other, owner, ", started elsewhere");
                     }),
              "C1: B serves beside the owner A, started elsewhere");
}

TEST(ExpectTest, TwoThatShareAPortAreToldToShareIt) {
  const Target target{.command = {"/usr/bin/python3", "-c",
                                  "import signal, socket, sys\n"
                                  "at = ('127.0.0.1', int(sys.argv[1]))\n"
                                  "s = socket.create_server(at, reuse_port=True)\nsignal.pause()",
                                  "{port}"},
                      .port = 8767};
  EXPECT_THAT(Judged(target, SecondStart),
              "C1: B serves beside the owner A, on the same port by SO_REUSEPORT");
}

TEST(ExpectTest, AMissingPidFileIsSaidNotToExist) {
  EXPECT_THAT(Judged(Guarded("exit 3"),
                     [](Stage& stage) {
                       Instance& owner = stage.StartOwner();
                       std::filesystem::remove(stage.pid_file());
                       ExpectFileNames(stage, owner, "C6");
                     }),
              AllOf(StartsWith("C6: the pid file does not name the owner A (pid "),
                    EndsWith("): it does not exist")));
}

TEST(ExpectTest, APidFileThatNamesAnotherStartIsSaidToBeThatOnes) {
  EXPECT_THAT(Judged(Guarded("exit 3"),
                     [](Stage& stage) {
                       Instance& owner = stage.StartOwner();
                       const Instance& other = stage.Start();
                       std::ofstream(stage.pid_file()) << other.pid() << "\n";
                       ExpectFileNames(stage, owner, "C6");
                     }),
              EndsWith(", the pid of B"));
}

TEST(ExpectTest, AFailureThatLooksLikeADuplicateIsAWeakness) {
  EXPECT_THAT(
      Judged({.command = {"/bin/sh", "-c", "echo cannot write the file; exit 3"},
              .duplicate_exit = 3,
              .duplicate_is_declared = false},
             [](Stage& stage) { ExpectFailure(stage, stage.Start(), "C8", "the file", 0); }),
      AllOf(StartsWith("kept, "), HasSubstr("the duplicate's status 3")));
}

TEST(ExpectTest, AFailureWithStatusZeroBreaksTheClause) {
  EXPECT_THAT(Judged({.command = {"/bin/true"}},
                     [](Stage& stage) { ExpectFailure(stage, stage.Start(), "C8", "", 0); }),
              StartsWith("C8: a start that failed ended with status 0"));
}

TEST(ExpectTest, AChangedFileIsReportedWithBothStates) {
  EXPECT_THAT(Judged(Guarded("exit 3"),
                     [](Stage& stage) {
                       WriteFile(stage.pid_file(), "31");
                       const FileState before = PidFile(stage);
                       WriteFile(stage.pid_file(), "7");
                       ExpectUnchanged(stage, stage.pid_file(), before, "C6", "a duplicate");
                     }),
              AllOf(StartsWith("C6: "), HasSubstr("changed by a duplicate"), HasSubstr("\"31\""),
                    HasSubstr("\"7\"")));
}

// Listens and ends with status 0: by itself after so many seconds, or soon after SIGTERM.
Target Lives(const std::string& seconds) {
  constexpr char kMortal[] = R"(
use Socket;
$SIG{TERM} = sub { close(S); select(undef, undef, undef, 0.1); exit 0 };
socket(S, PF_INET, SOCK_STREAM, 0);
bind(S, sockaddr_in($ARGV[0], INADDR_LOOPBACK));
listen(S, 9);
select(undef, undef, undef, $ARGV[1]);
)";
  return {.command = {"/usr/bin/perl", "-e", kMortal, "{port}", seconds}, .port = 8767};
}

void ExpectOneOwnerOnceItIsGone(Stage& stage, Instance& owner) {
  stage.Gone(owner, Stage::kSettleBound);
  ExpectOneOwner(stage, owner);
}

TEST(ExpectTest, AnOwnerThatEndsByItselfAlsoWhenAloneIsNobodysDoing) {
  EXPECT_THAT(Judged(Lives("0.3"),
                     [](Stage& stage) { ExpectOneOwnerOnceItIsGone(stage, stage.StartOwner()); }),
              StartsWith("A ended with status 0 by itself"));
}

TEST(ExpectTest, AnOwnerThatLivesLongerAloneWasEndedByAnother) {
  EXPECT_EQ(Judged(Lives("60"),
                   [](Stage& stage) {
                     Instance& owner = stage.StartOwner();
                     stage.Signal(owner, SIGTERM);
                     ExpectOneOwnerOnceItIsGone(stage, owner);
                   }),
            "C1: the owner A no longer serves: it ended with status 0 and printed "
            "nothing");
}

TEST(ExpectTest, AnOwnerThatHasClosedItsPortIsAwaitedForHowItEnds) {
  EXPECT_THAT(Judged(Lives("60"),
                     [](Stage& stage) {
                       Instance& owner = stage.StartOwner();
                       stage.Signal(owner, SIGTERM);
                       stage.WaitUntil([&] { return !Serves(stage, owner); }, Stage::kSettleBound);
                       ExpectOneOwner(stage, owner);
                     }),
              HasSubstr("no longer serves: it ended with status 0"));
}

TEST(ExpectTest, AnOwnerThatAnUnknownLeftoverKeepsOutIsABreach) {
  const Target target{.command = {"/bin/sh", "-c",
                                  "set -C; : > {dir}/../left; mkfifo {dir}/../fifo; "
                                  "exec cat <> {dir}/../fifo"}};
  EXPECT_THAT(Judged(target,
                     [](Stage& stage) {
                       stage.KillTree(stage.StartOwner());
                       stage.StartOwner();
                     }),
              AllOf(StartsWith("C3: B refused to start (status 2"),
                    EndsWith("although no other copy runs any more")));
}

TEST(ExpectTest, AnotherCommandThatNeverServesIsNoBreach) {
  EXPECT_THAT(Judged(Guarded("exit 3"),
                     [](Stage& stage) {
                       stage.KillTree(stage.StartOwner());
                       stage.StartOwner({.command = {"/bin/false"}});
                     }),
              StartsWith("the target never served, it ended with status 1"));
}

// Its file's times change ten times a second.
Target Beats() {
  return {.command = {"/bin/sh", "-c",
                      "echo 31 > {pid_file}; while :; do touch {pid_file}; sleep 0.1; done"},
          .pid_file = "{pid_file}"};
}

FileState AwaitBeat(Stage& stage) {
  stage.Start();
  stage.WaitUntil([&] { return PidFile(stage).content == "31\n"; }, Stage::kSettleBound);
  FileState before = PidFile(stage);
  stage.WaitUntil([&] { return !(PidFile(stage) == before); }, Stage::kSettleBound);
  return before;
}

TEST(ExpectTest, WhatTheOwnerChangesByItselfIsNoContendersDoing) {
  EXPECT_EQ(Judged(Beats(),
                   [](Stage& stage) {
                     const FileState before = AwaitBeat(stage);
                     ExpectUnchanged(stage, stage.pid_file(), before, "C2", "a duplicate");
                   }),
            "kept");
}

// A new file ten times a second; its content is a number that grows twice a second.
Target Counts() {
  return {.command = {"/bin/sh", "-c",
                      "i=0; while :; do echo $((i / 5)) > {pid_file}.new; "
                      "mv {pid_file}.new {pid_file}; i=$((i + 1)); sleep 0.1; done"},
          .pid_file = "{pid_file}"};
}

TEST(ExpectTest, AContentThatTheOwnerChangesAtSomeBeatsIsNoContendersDoing) {
  EXPECT_EQ(Judged(Counts(),
                   [](Stage& stage) {
                     stage.Start();
                     const auto says = [&](const char* content) {
                       return [&stage, content] { return PidFile(stage).content == content; };
                     };
                     stage.WaitUntil(says("1\n"), Stage::kSettleBound);
                     const FileState before = PidFile(stage);
                     stage.WaitUntil(says("2\n"), Stage::kSettleBound);
                     ExpectUnchanged(stage, stage.pid_file(), before, "C2", "a duplicate");
                   }),
            "kept");
}

TEST(ExpectTest, AModeThatTheOwnersNextFileChangesIsNoContendersDoing) {
  EXPECT_EQ(Judged(Counts(),
                   [](Stage& stage) {
                     stage.Start();
                     stage.WaitUntil([&] { return PidFile(stage).exists; }, Stage::kSettleBound);
                     FileState before = PidFile(stage);
                     before.mode = S_IFREG;  // as after a chmod
                     ExpectUnchanged(stage, stage.pid_file(), before, "C2", "a duplicate");
                   }),
            "kept");
}

TEST(ExpectTest, AContentThatTheOwnerOnlyTouchesIsNotItsOwnChange) {
  EXPECT_THAT(Judged(Beats(),
                     [](Stage& stage) {
                       const FileState before = AwaitBeat(stage);
                       WriteFile(stage.pid_file(), "7\n");
                       ExpectUnchanged(stage, stage.pid_file(), before, "C2", "a duplicate");
                     }),
              HasSubstr("changed by a duplicate"));
}

TEST(ExpectTest, ANewFileBesideTheSafeguardIsSeen) {
  EXPECT_THAT(Judged(Guarded("exit 3"),
                     [](Stage& stage) {
                       const auto before = StatesOfFiles(stage);
                       WriteFile(stage.pid_file() + ".tmp", "");
                       ExpectFilesUnchanged(stage, before, "C2", "a duplicate");
                     }),
              HasSubstr(".tmp was left by a duplicate"));
}

}  // namespace
}  // namespace pidfall
