#include "harness/supervisor/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/input/bad_input.h"
#include "harness/supervisor/prediction.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string PolicyError(const std::string& name) {
  try {
    LookUpPolicy(name);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

TEST(Policies, EveryNameIsAPolicy) {
  for (const std::string& name : PolicyNames()) EXPECT_NE(LookUpPolicy(name), nullptr) << name;
}

TEST(Policies, BareSupervisorIsItsUsualSetting) {
  EXPECT_EQ(LookUpPolicy("launchd")->Describe(), LookUpPolicy("launchd:keepalive")->Describe());
}

TEST(Policies, NamesOfLaterSupervisorsSaySo) {
  for (const char* name : {"systemd", "systemd:on-failure", "docker:always", "web.service"}) {
    EXPECT_THAT(PolicyError(name), HasSubstr("arrives with a later version")) << name;
  }
}

TEST(Policies, UnknownNameListsTheKnownOnes) {
  EXPECT_THAT(PolicyError("launchd:sometimes"), HasSubstr("launchd:keepalive"));
  EXPECT_EQ(PolicyError("./none.plist"), "./none.plist: No such file or directory");
}

TEST(PolicyTable, PoliteDuplicateLoopsUnderKeepAliveAndStaysDownUnderSuccessfulExit) {
  const std::string table =
      PolicyTable({{.run_time = 50ms, .status = 0}, {.run_time = 50ms, .status = 1}}, 60s);
  EXPECT_EQ(table,
            "in 1 min                 exit 0 after 0.05 s  exit 1 after 0.05 s\n"
            "launchd:keepalive        6 starts, goes on    6 starts, goes on\n"
            "launchd:successful-exit  1 start, stays down  6 starts, goes on\n"
            "launchd:crashed          1 start, stays down  1 start, stays down\n"
            "launchd:not-crashed      6 starts, goes on    6 starts, goes on\n"
            "launchd:only-success     6 starts, goes on    1 start, stays down\n"
            "launchd:run-at-load      1 start, stays down  1 start, stays down\n");
}

}  // namespace
}  // namespace pidfall
