// `--sarif` of each command, as code hosts take it: they refuse a file with a finding that stands
// nowhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/check_testing.h"
#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class SarifTest : public CliTest {
 protected:
  // Each finding stands at `uri`, and says how to see it again.
  void ExpectFindings(const Words& words, const Words& command, const std::string& uri) {
    SCOPED_TRACE(words.front() + " at " + uri);
    const ProgramOutcome outcome = Run(Joined(Joined(words, {"--sarif", "x.sarif"}), command));
    const json run = json::parse(Content(work_ / "x.sarif"))["runs"][0];
    EXPECT_FALSE(run["results"].empty()) << outcome.out << outcome.error;
    for (const json& result : run["results"]) {
      const json& place = result["locations"][0]["physicalLocation"];
      EXPECT_EQ(place["artifactLocation"]["uri"], uri);
      EXPECT_GE(place["region"]["startLine"], 1);
      EXPECT_THAT(result["properties"]["reproduce"], HasSubstr("/pidfall "));
    }
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(work_ / name) << text;
  }

  // Breaks much, with the file that has its name nowhere below the working folder.
  const Words faulty_ = {"--", ProgramFolder() + "/serve-task-manager", "--guard", "pidfile"};
};

TEST_F(SarifTest, ACheckWhoseCommandNamesNoFileHereStandsAtTheReadme) {
  ExpectFindings({"check", "--scenario", "stale/*"}, faulty_, "README.md");
}

TEST_F(SarifTest, ACheckStandsAtItsSupervisorsFileOrItsTargetFile) {
  const std::string command = ProgramFolder() + "/serve-task-manager";
  Write("web.service", "[Service]\nExecStart=" + command + " --guard pidfile\n");
  Write("serve.toml", "command = ['" + command + "', '--guard', 'pidfile']\n");
  ExpectFindings({"check", "--scenario", "stale/*", "--policy", "web.service"}, {}, "web.service");
  ExpectFindings({"check", "--scenario", "stale/*", "--target", "serve.toml"}, {}, "serve.toml");
}

TEST_F(SarifTest, ASupervisedCommandStandsAtItsSupervisorsFile) {
  Write("web.service", "[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=5\n");
  ExpectFindings({"supervise", "--policy", "web.service"}, {}, "web.service");
  ExpectFindings({"supervise", "--policy", "launchd:keepalive"}, {"--", "false"}, "README.md");
}

TEST_F(SarifTest, AnAuditedServiceStandsAtItsFile) {
  Write("web.service", "[Service]\nExecStart=/bin/pidfall-web\nRestart=always\nRestartSec=10\n");
  ExpectFindings({"audit", "."}, {}, "web.service");
  std::filesystem::remove(work_ / "web.service");
  Write("Procfile", "web: " + ProgramFolder() + "/serve-task-manager --guard pidfile\n");
  ExpectFindings({"audit", "--check", "--scenario", "stale/*", "."}, {}, "Procfile");
}

TEST_F(SarifTest, AnIncidentWithACommandStandsAtTheIncidentsFile) {
  ASSERT_EQ(Run({"incident", "new", "ours.toml"}).status, 0);
  ExpectFindings({"incident", "run", "ours.toml"}, faulty_, "ours.toml");
}

TEST_F(SarifTest, AnExplorationStandsAtItsTargetFile) {
  Write("serve.toml",
        "command = ['" + ProgramFolder() + "/serve-task-manager', '--guard', 'pidfile']\n");
  ExpectFindings({"explore", "schedules", "--replay", "fresh:AB6A5", "--target", "serve.toml"}, {},
                 "serve.toml");
}

// A breach that `run` expects of a bundled server is no finding; a surprise is one.
TEST_F(SarifTest, ARunWithoutASurpriseHasNoFinding) {
  const ProgramOutcome outcome =
      Run({"run", "--guard", "pidfile", "--scenario", "stale/*", "--sarif", "x.sarif"});
  const json run = json::parse(Content(work_ / "x.sarif"))["runs"][0];
  EXPECT_EQ(run["results"], json::array()) << outcome.out;
  EXPECT_EQ(run["tool"]["driver"]["name"], "pidfall");
  EXPECT_TRUE(run["invocations"][0]["executionSuccessful"]);
}

TEST_F(SarifTest, ASurpriseOfARunStandsAtTheReadme) {
  namespace fs = std::filesystem;
  for (const char* made : {"bin", "libexec/pidfall", "share/pidfall/targets"}) {
    fs::create_directories(work_ / made);
  }
  fs::copy_file(ProgramFolder() + "/pidfall", work_ / "bin/pidfall");
  fs::copy_file(ProgramFolder() + "/serve-task-manager",
                work_ / "libexec/pidfall/serve-task-manager");
  Write("share/pidfall/targets/run.toml",
        "servers = ['serve-task-manager']\n"
        "guards = ['none', 'pidfile', 'lockfile', 'port', 'reference']\n");
  Write("share/pidfall/targets/serve-task-manager.toml",
        "command = ['{programs}/serve-task-manager', '--guard', 'pidfile', '--port', '{port}', "
        "'--pid-file', '{pid_file}']\nport = 8767\npid_file = '{pid_file}'\n"
        "[variant.reference]\nduplicate_exit = 0\n");
  const std::string command =
      (work_ / "bin/pidfall").string() +
      " run --guard reference --scenario 'stale/*' --sarif x.sarif >out 2>&1";
  EXPECT_NE(std::system(command.c_str()), 0);
  const json run = json::parse(Content(work_ / "x.sarif"))["runs"][0];
  ASSERT_FALSE(run["results"].empty()) << Content(work_ / "out");
  const json& result = run["results"][0];
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "README.md");
  EXPECT_THAT(result["message"]["text"], HasSubstr("expected pass"));
  EXPECT_THAT(result["properties"]["reproduce"], HasSubstr("/pidfall run "));
}

}  // namespace
}  // namespace pidfall
