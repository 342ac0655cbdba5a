#include "harness/run/probe_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

TEST(ProbeRulesTest, RealFilesAndPortsAreNotFaultedUnasked) {
  setenv("PIDFALL_SANDBOX", "plain", 1);
  EXPECT_THROW(RefuseToHarm({.command = {"serve"}}), BadInput);
  EXPECT_THROW(RefuseToHarm({.command = {"serve", "{port}"}}), BadInput);
  EXPECT_NO_THROW(RefuseToHarm({.command = {"serve", "{port}", "{dir}"}}));
  unsetenv("PIDFALL_SANDBOX");
}

TEST(ProbeRulesTest, APidFileThatIsNotTheServersIsRefused) {
  const Target asked = {.command = {"serve"}, .pid_file = "/run/x.pid"};
  EXPECT_NO_THROW(RefuseOtherPidFile(asked, {.pid_file = "/run/x.pid"}));
  EXPECT_NO_THROW(RefuseOtherPidFile(asked, {.lock_file = "/run/x.pid"}));
  EXPECT_NO_THROW(RefuseOtherPidFile({.command = {"serve"}}, {.pid_file = "/run/y.pid"}));
  try {
    RefuseOtherPidFile(asked, {.pid_file = "/run/y.pid"});
    FAIL() << "it was accepted";
  } catch (const BadInput& error) {
    EXPECT_STREQ(
        error.what(),
        "/run/x.pid is not there as a file once the server serves; its pid file is /run/y.pid");
  }
}

TEST(ProbeRulesTest, AServerThatMissesSomethingGetsAHint) {
  EXPECT_THAT(HintOnMissing({}, {.why_not = "connect: Connection refused"}), HasSubstr("--with"));
  EXPECT_THAT(HintOnMissing({}, {.why_not = "not a tty"}), HasSubstr("terminal"));
  EXPECT_EQ(HintOnMissing({}, {.why_not = "segmentation fault"}), "");
}

}  // namespace
}  // namespace pidfall
