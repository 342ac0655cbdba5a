// The checks that the report of 22 December 2025 made by hand and that are no scenario.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "harness/kernel/http.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/stage.h"
#include "harness/target/bundled.h"
#include "scenarios/program.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

constexpr Duration kAnswerBound = std::chrono::seconds(5);

void ServesThePage(Stage& stage) {
  stage.StartOwner();
  const HttpReply reply = HttpGet({.port = stage.port()}, stage.target().health_path, kAnswerBound);
  const std::string title = "<title>PetesBrain - Priority Tasks Overview</title>";
  Require(reply.status == 200, "C3", "status " + std::to_string(reply.status));
  Require(reply.text.find(title) != std::string::npos, "C3", "another page: " + reply.text);
}

void FileIsReadableAndNamesTheOwner(Stage& stage) {
  const Instance& owner = stage.StartOwner();
  ExpectFileNames(stage, owner, "C6");
  constexpr mode_t kPermissions = 07777;
  Require((PidFile(stage).mode & kPermissions) == 0644, "C9", "the mode is not 0644");
}

constexpr Scenario kPage = {"report/page", "C3", "", "", ServesThePage};
constexpr Scenario kFile = {"report/file", "C6 C9", "", "", FileIsReadableAndNamesTheOwner};

void ExpectPass(const Scenario& scenario, const std::string& server, const std::string& guard) {
  const Result result = RunCase(scenario, BundledTarget(server, guard));
  EXPECT_EQ(result.verdict, Verdict::kPass) << server << ' ' << guard << ' ' << Account(result);
}

void SigtermEndsItWithStatusZero(Stage& stage) {
  Instance& owner = stage.StartOwner();
  stage.Signal(owner, SIGTERM);
  Require(stage.Gone(owner, kStopBound), "C12", "it did not end within 2 s");
  Require(*owner.ending() == Ending{}, "C12", "it ended with " + owner.ending()->Describe());
}

constexpr Scenario kStatus = {"report/status", "C12", "", "", SigtermEndsItWithStatusZero};

TEST(ReportTest, TheTaskManagerServesItsPage) {
  for (const std::string& guard : Strategies()) {
    ExpectPass(kPage, DefaultServer(), guard);
  }
}

TEST(ReportTest, TheIncidentHappensAsItsFileExpects) {
  const Ran ran = RunPidfall({"incident", "run", "2025-12-22-port-conflict"});
  EXPECT_EQ(ran.ending.status, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("OK: 12 verdicts"));
}

// The last status of an unloaded agent, as `launchctl list` shows it.
TEST(ReportTest, EveryServersLastStatusAfterSigtermIsZero) {
  for (const std::string& server : BundledServers()) {
    for (const std::string& guard : Strategies()) ExpectPass(kStatus, server, guard);
  }
}

TEST(ReportTest, EveryServersFileIsReadableAndHoldsItsPid) {
  for (const std::string& server : BundledServers()) {
    for (const char* guard : {"pidfile", "lockfile", "reference"}) ExpectPass(kFile, server, guard);
  }
}

}  // namespace
}  // namespace pidfall
