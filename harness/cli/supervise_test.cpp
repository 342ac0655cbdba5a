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

  int StartsUnder(const std::string& policy, const std::vector<std::string>& options) {
    std::vector<std::string> words = {"supervise", "--policy", policy,     "--for",
                                      "750ms",     "--json",   "seen.json"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "false"});
    EXPECT_EQ(Run(words).status, kBroke) << policy;
    return nlohmann::json::parse(Content(work_ / "seen.json"))["results"][0]["starts"];
  }
};

// A window that holds several starts of three of them.
TEST_F(SuperviseTest, SimulatedAndRealSupervisorsStartItAsOften) {
  Write("my.service", "[Service]\nExecStart=/bin/false\nRestart=on-failure\n");
  Write("my.conf", "[program:web]\ncommand=false\n");
  Write("compose.yaml", "services: {web: {command: \"false\", restart: \"on-failure:3\"}}\n");
  Write("my.plist",
        "<plist><dict><key>Label</key><string>a</string><key>ProgramArguments</key>"
        "<array><string>/bin/false</string></array><key>KeepAlive</key><true/></dict></plist>");
  for (const char* policy : {"my.service", "supervisord:my.conf", "compose.yaml#web", "my.plist",
                             "docker:on-failure:3"}) {
    EXPECT_NEAR(StartsUnder(policy, {}), StartsUnder(policy, {"--real-time"}), 1) << policy;
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
