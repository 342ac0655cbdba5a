// `pidfall supervise` with supervisors' own files, as users run it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"

namespace pidfall {
namespace {

class SuperviseTest : public CliTest {
 protected:
  void Write(const char* name, const char* text) { std::ofstream(work_ / name) << text; }

  std::vector<std::string> Supervise(const std::string& policy, const std::string& file) {
    return {"supervise", "--policy", policy, "--for", "1200ms", "--json", file, "--", "false"};
  }

  int StartsIn(const std::string& file) {
    return nlohmann::json::parse(Content(work_ / file))["results"][0]["starts"];
  }
};

// A window that holds two starts or more of each. The real ones wait side by side.
TEST_F(SuperviseTest, SimulatedAndRealSupervisorsStartItAsOften) {
  Write("my.service", "[Service]\nExecStart=/bin/false\nRestart=on-failure\n");
  Write("my.conf", "[program:web]\ncommand=false\n");
  Write("compose.yaml", "services: {web: {command: \"false\", restart: \"on-failure:3\"}}\n");
  Write("my.plist",
        "<plist><dict><key>Label</key><string>a</string><key>ProgramArguments</key>"
        "<array><string>/bin/false</string></array><key>KeepAlive</key><true/>"
        "<key>ThrottleInterval</key><integer>1</integer></dict></plist>");
  const std::pair<const char*, int> policies[] = {{"my.service", 5},
                                                  {"supervisord:my.conf", 2},
                                                  {"compose.yaml#web", 4},
                                                  {"my.plist", 2},
                                                  {"docker:on-failure:3", 4}};
  std::vector<pid_t> waiting;
  for (const auto& [policy, starts] : policies) {
    auto words = Supervise(policy, std::string(policy) + ".real");
    words.insert(words.begin() + 1, "--real-time");
    const std::string output = folder_ / (std::string(policy) + ".out");
    waiting.push_back(Spawn(words, output, output));
  }
  for (const pid_t pid : waiting) EXPECT_EQ(StatusOf(pid), kBroke);
  for (const auto& [policy, starts] : policies) {
    EXPECT_EQ(Run(Supervise(policy, std::string(policy) + ".simulated")).status, kBroke);
    const int simulated = StartsIn(std::string(policy) + ".simulated");
    EXPECT_NEAR(simulated, StartsIn(std::string(policy) + ".real"), 1) << policy;
    EXPECT_NEAR(simulated, starts, 1) << policy;
  }
}

TEST_F(SuperviseTest, FaultInAFileIsOneLineWithItsPlace) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"a.service", "[Service\n", "a.service:1: a section's name without its ]"},
      {"a.conf", "x\n", "a.conf:1: neither [SECTION] nor KEY=VALUE"},
      {"compose.yaml", "services:\n  web: 1\n", "compose.yaml:2: the file.services.web is no map"},
      {"k.yaml", "apiVersion: v1\nkind: Pod\n", "k.yaml:1: the manifest.spec is missing"},
      {"a.plist", "<plist>\n</dict>", "a.plist:2: "}};
  for (const auto& [file, text, message] : cases) {
    Write(file, text);
    const ProgramOutcome outcome = Run({"supervise", "--policy", file, "--", "true"});
    EXPECT_EQ(outcome.status, kBadUsage) << file;
    EXPECT_THAT(outcome.error, testing::StartsWith(std::string("pidfall: ") + message));
  }
}

}  // namespace
}  // namespace pidfall
