#include "servers/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace pidfall::servers {
namespace {

using testing::HasSubstr;
using testing::Not;

Service SaveTaskNotes() {
  return {.name = "Task Notes (save)",
          .program = "save-task-notes",
          .port = 8766,
          .pid_file = ".notes.pid",
          .data_file = ".notes",
          .page = "/",
          .add_routes = nullptr};
}

std::optional<Options> Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "save-task-notes");
  return ParseOptions(SaveTaskNotes(), static_cast<int>(arguments.size()), arguments.data());
}

class OptionsTest : public testing::Test {
 protected:
  void SetUp() override { setenv("HOME", "/home/pete", 1); }
};

TEST_F(OptionsTest, DefaultsAreThoseOfTheReport) {
  const auto options = Parse({});
  EXPECT_EQ(options->settings.port, 8766);
  EXPECT_EQ(options->settings.pid_file, "/home/pete/.notes.pid");
  EXPECT_EQ(options->data, "/home/pete/.notes");
  EXPECT_EQ(options->settings.duplicate_exit, 0);
  EXPECT_EQ(options->strategy, "reference");
}

TEST_F(OptionsTest, TakesTheGivenValues) {
  const auto options = Parse({"--guard", "pidfile", "--pid-file", "/run/x.pid", "--on-duplicate",
                              "takeover", "--duplicate-exit", "75", "--port", "1"});
  EXPECT_EQ(options->strategy, "pidfile");
  EXPECT_EQ(options->settings.pid_file, "/run/x.pid");
  EXPECT_EQ(options->settings.on_duplicate, guard::OnDuplicate::kTakeOver);
  EXPECT_EQ(options->settings.duplicate_exit, 75);
  EXPECT_EQ(options->settings.port, 1);
}

TEST_F(OptionsTest, TheLastAnswerCounts) {
  const auto options = Parse({"--guard", "port", "--on-duplicate", "auto", "--guard", "pidfile",
                              "--on-duplicate", "wait"});
  EXPECT_EQ(options->strategy, "pidfile");
  EXPECT_EQ(options->settings.on_duplicate, guard::OnDuplicate::kWait);
}

TEST_F(OptionsTest, RefusesBadOptionsInOneLineThatNamesThem) {
  const std::vector<std::vector<const char*>> bad = {
      {"--port", "0"},
      {"--port", "65536"},
      {"--port", "7abc"},
      {"--guard", "prayer"},
      {"--on-duplicate", "argue"},
      {"--duplicate-exit", "256"},
      {"--pid-file", ""},
      {"--port"},
      {"--unknown"},
  };
  for (const auto& arguments : bad) {
    try {
      Parse(arguments);
      ADD_FAILURE() << "accepted " << arguments[0];
    } catch (const std::invalid_argument& error) {
      const std::string message = error.what();
      EXPECT_THAT(message, Not(HasSubstr("\n")));
      EXPECT_THAT(message, HasSubstr(arguments[0]));
    }
  }
}

TEST_F(OptionsTest, KnowsEveryAnswerToADuplicate) {
  using guard::OnDuplicate;
  EXPECT_EQ(Parse({"--on-duplicate", "exit"})->settings.on_duplicate, OnDuplicate::kExit);
  EXPECT_EQ(Parse({"--on-duplicate", "wait"})->settings.on_duplicate, OnDuplicate::kWait);
  EXPECT_EQ(Parse({"--on-duplicate", "takeover"})->settings.on_duplicate, OnDuplicate::kTakeOver);
  EXPECT_EQ(Parse({"--on-duplicate", "auto"})->settings.on_duplicate, OnDuplicate::kAuto);
}

TEST_F(OptionsTest, RefusesAWordThatIsNoOption) {
  EXPECT_THROW(Parse({"start"}), std::invalid_argument);
}

TEST_F(OptionsTest, NeedsAHomeOnlyForItsDefaults) {
  unsetenv("HOME");
  EXPECT_THROW(Parse({}), std::invalid_argument);
  EXPECT_TRUE(Parse({"--pid-file", "/run/x.pid", "--data", "/run/x"}));
}

TEST_F(OptionsTest, HelpIsNoError) { EXPECT_FALSE(Parse({"--help"})); }

}  // namespace
}  // namespace pidfall::servers
