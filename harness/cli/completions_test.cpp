#include "harness/cli/completions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

std::set<std::string> OptionsIn(const std::string& help) {
  std::set<std::string> options;
  const std::regex option("(^|[ ,])(--[a-z][a-z-]*)");
  for (std::sregex_iterator match(help.begin(), help.end(), option), end; match != end; ++match) {
    options.insert((*match)[2]);
  }
  return options;
}

class CompletionsTest : public CliTest {
 protected:
  std::string Completions(const std::string& shell) { return Run({"--completions", shell}).out; }
};

TEST_F(CompletionsTest, EveryOptionThatHelpNamesIsInEachShells) {
  const std::string bash = Completions("bash"), zsh = Completions("zsh"),
                    fish = Completions("fish");
  const std::vector<std::vector<std::string>> commands = {
      {}, {"check"}, {"explore", "schedules"}, {"incident", "run"}, {"supervise"}};
  for (std::vector<std::string> command : commands) {
    command.emplace_back("--help");
    for (const std::string& option : OptionsIn(Run(command).out)) {
      EXPECT_THAT(bash, HasSubstr(option)) << command.front();
      EXPECT_THAT(zsh, HasSubstr(option + ':')) << command.front();
      EXPECT_THAT(fish, HasSubstr(" -l " + option.substr(2) + ' ')) << command.front();
    }
  }
}

TEST_F(CompletionsTest, AnotherShellIsRefused) {
  ExpectRefused({"--completions", "tcsh"}, "--completions: 'tcsh' is not bash, zsh or fish");
}

}  // namespace
}  // namespace pidfall
