// `pidfall supervise` with supervisors' own files, as users run it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"

namespace pidfall {
namespace {

// The starts under each policy of a program that ends with status 0, with 1, by SIGKILL.
struct StartsOf {
  const char* policy;
  int starts[3];
};
constexpr const char* kEndings[] = {"exit 0", "exit 1", "kill -9 $$"};

class SuperviseTest : public CliTest {
 protected:
  void Write(const char* name, const char* text) { std::ofstream(work_ / name) << text; }

  // The window holds two starts or more of each supervisor that restarts.
  static std::vector<std::string> Supervise(const std::string& policy, const std::string& ending,
                                            const std::string& file) {
    return {"supervise", "--policy", policy,    "--for", "3500ms", "--json",
            file,        "--",       "/bin/sh", "-c",    ending};
  }

  pid_t SuperviseInRealTime(const std::string& policy, const std::string& ending,
                            const std::string& file) {
    auto words = Supervise(policy, ending, file);
    words.insert(words.begin() + 1, "--real-time");
    return Spawn(words, folder_ / (file + ".out"), folder_ / (file + ".out"));
  }

  int StartsIn(const std::string& file) {
    return nlohmann::json::parse(Content(work_ / file))["results"][0]["starts"];
  }
};

// The real ones wait side by side.
TEST_F(SuperviseTest, SimulatedAndRealSupervisorsStartItAsOften) {
  Write("my.service", "[Service]\nExecStart=/bin/false\nRestart=on-failure\n");
  Write("my.conf", "[program:web]\ncommand=false\n");
  Write("compose.yaml", "services: {service: {command: x, restart: \"on-failure:3\"}}\n");
  Write("my.plist",
        "<plist><dict><key>Label</key><string>a</string><key>ProgramArguments</key>"
        "<array><string>/bin/false</string></array><key>KeepAlive</key><true/>"
        "<key>ThrottleInterval</key><integer>1</integer></dict></plist>");
  const StartsOf rows[] = {{"my.plist", {4, 4, 4}},
                           {"my.service", {1, 5, 5}},
                           {"docker:on-failure:3", {1, 4, 4}},
                           {"supervisord:my.conf", {3, 3, 3}},
                           {"compose.yaml#service", {1, 4, 4}}};
  const auto file_for = [](const StartsOf& row, std::size_t ending) {
    return std::string(row.policy) + "." + std::to_string(ending);
  };
  std::map<std::string, pid_t> waiting;
  for (const StartsOf& row : rows) {
    for (std::size_t i = 0; i < std::size(kEndings); ++i) {
      const std::string file = file_for(row, i);
      waiting[file] = SuperviseInRealTime(row.policy, kEndings[i], file + ".real");
    }
  }
  for (const StartsOf& row : rows) {
    for (std::size_t i = 0; i < std::size(kEndings); ++i) {
      const std::string file = file_for(row, i);
      SCOPED_TRACE(file + ", " + kEndings[i]);
      EXPECT_LE(StatusOf(waiting.at(file)), kBroke);
      EXPECT_LE(Run(Supervise(row.policy, kEndings[i], file)).status, kBroke);
      EXPECT_NEAR(StartsIn(file), StartsIn(file + ".real"), 1);
      EXPECT_EQ(StartsIn(file), row.starts[i]);
    }
  }
}

TEST_F(SuperviseTest, FaultInAFileIsOneLineWithItsPlace) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"a.service", "[Service\n", "a.service:1: a section's name without its ]"},
      {"a.conf", "x\n", "a.conf:1: neither [SECTION] nor KEY=VALUE"},
      {"compose.yaml", "services:\n  web: 1\n", "compose.yaml:2: the file.services.web is no map"},
      {"k.yaml", "apiVersion: v1\nkind: Pod\n", "k.yaml:1: the manifest.spec is missing"},
      {"a.plist", "<plist>\n</dict>", "a.plist:2: "},
      {"monitrc", "\ngo\n", "monitrc:2: 'go' begins no statement"},
      {"a.initd", "command=\"/a\n", "a.initd:1: nothing closes the \""}};
  for (const auto& [file, text, message] : cases) {
    Write(file, text);
    const ProgramOutcome outcome = Run({"supervise", "--policy", file, "--", "true"});
    EXPECT_EQ(outcome.status, kBadUsage) << file;
    EXPECT_THAT(outcome.error, testing::StartsWith(std::string("pidfall: ") + message));
  }
}

// In the files; on the terminal the user's own command stands above.
TEST_F(SuperviseTest, ResultSaysHowToSeeItAgainAndWhatWasRun) {
  Run({"supervise", "--policy", "launchd:keepalive", "--for", "2 min", "--port", "8767", "--json",
       "x.json", "--junit", "x.xml", "--", "sh", "-c", "exit 3"});
  const auto told = nlohmann::json::parse(Content(work_ / "x.json"));
  const std::string again =
      "/pidfall supervise --policy launchd:keepalive --for '2 min' --port 8767 -- sh -c 'exit 3'";
  EXPECT_THAT(told["results"][0]["reproduce"], testing::EndsWith(again));
  EXPECT_EQ(told["target"]["command"], nlohmann::json({"sh", "-c", "exit 3"}));
  EXPECT_THAT(Content(work_ / "x.xml"), testing::HasSubstr("  again  "));
}

TEST_F(SuperviseTest, CommandThatLeavesItsServerInTheBackgroundIsRefused) {
  const std::string file = folder_ / "monitrc";
  std::ofstream(file) << "check process web with pidfile /run/web.pid start \"/bin/web\"\n";
  ExpectRefused({"supervise", "--policy", file},
                "the command of --policy " + file +
                    " leaves the server in the background: name the server itself after --");
}

TEST_F(SuperviseTest, AnInterruptShowsTheStartsSoFar) {
  const ProgramOutcome outcome = InterruptAtFirstProgress(
      {"supervise", "--policy", "runit", "--real-time", "--json", "known.json", "--", "false"});
  EXPECT_EQ(outcome.status, kInterrupted);
  EXPECT_THAT(outcome.out, testing::HasSubstr("\ncut short: interrupted after "));
  EXPECT_GE(StartsIn("known.json"), 1);
}

}  // namespace
}  // namespace pidfall
