#include "harness/cli/doctor_text.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(DoctorTextTest, AMissingFeatureHasItsCostAndCure) {
  EXPECT_EQ(
      DoctorText("plain",
                 {{"namespaces", false, "unshare: EPERM", "pid-reuse/*", "docker --privileged"},
                  {"ptrace", true, "Yama 1", "race/*", "sysctl"}},
                 Paint(false)),
      "sandbox: plain\n"
      "no     namespaces  unshare: EPERM\n"
      "       costs  pid-reuse/*\n"
      "       cure   docker --privileged\n"
      "yes    ptrace      Yama 1\n"
      "1 feature missing\n");
}

TEST(DoctorTextTest, NothingMissingIsSaid) {
  EXPECT_EQ(DoctorText("full", {{"ptrace", true, "", "", ""}}, Paint(false)),
            "sandbox: full\n"
            "yes    ptrace\n"
            "Nothing is missing: every scenario can be judged here.\n");
}

}  // namespace
}  // namespace pidfall
