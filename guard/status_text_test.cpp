#include "guard/status_text.h"

#include <gtest/gtest.h>

namespace pidfall::guard {
namespace {

TEST(StatusText, NamesTheOwnerAndWhetherItIsReady) {
  Answered running;
  running.state = State::kRunning;
  running.owner = {.pid = 12, .verified = true};
  EXPECT_EQ(Describe(running), "running, PID 12");
  EXPECT_EQ(NameOf(running), "owner");
  running.run_state = RunState::kStarting;
  EXPECT_EQ(Describe(running), "running, PID 12, starting");
  EXPECT_EQ(NameOf(running), "starting");
  running.run_state = RunState::kReady;
  running.owner.verified = false;
  EXPECT_EQ(Describe(running), "running, PID 12 (not verified)");
  EXPECT_EQ(NameOf(running), "owner");
}

TEST(StatusText, ListsTheCopiesThatStandBy) {
  EXPECT_EQ(Describe(std::vector<pid_t>{}), "");
  EXPECT_EQ(Describe(std::vector<pid_t>{12, 15}), "  standing by: PID 12, PID 15");
}

TEST(StatusText, JsonIsOneLineForAnyPath) {
  EXPECT_EQ(Json({.pid_file = "/run/x.pid",
                  .state = "owner",
                  .pid = 12,
                  .verified = true,
                  .standing_by = {15, 16}}),
            "{\"pid_file\": \"/run/x.pid\", \"state\": \"owner\", \"pid\": 12, \"verified\": true, "
            "\"standing_by\": [15, 16]}");
  EXPECT_EQ(Json({.pid_file = "a\"b\\c\nd", .state = "unknown", .why = "a \"reason\""}),
            "{\"pid_file\": \"a\\\"b\\\\c\\u000ad\", \"state\": \"unknown\", \"standing_by\": [], "
            "\"why\": \"a \\\"reason\\\"\"}");
}

}  // namespace
}  // namespace pidfall::guard
