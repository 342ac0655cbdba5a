#include "harness/report/other_policies.h"

#include <gtest/gtest.h>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

const std::vector<Result> kOfSeveralPolicies = {
    ResultOf("stale/zero", Verdict::kFail),
    ResultOf("restart-loop/keep-alive-by-hand-first", Verdict::kFail,
             {.policy = "launchd:keepalive", .summary = "60 starts"}),
    ResultOf("restart-loop/run-at-load-agent-first", Verdict::kPass,
             {.policy = "launchd:run-at-load"}),
    ResultOf("restart-loop/named-policy-by-hand-first", Verdict::kFail, {.summary = "9 starts"})};

TEST(OtherPoliciesTest, EachHasALine) {
  EXPECT_EQ(OtherPoliciesText(kOfSeveralPolicies),
            "under each policy (--policy names yours and makes it a verdict):\n"
            "  keep-alive-by-hand-first  60 starts\n"
            "  run-at-load-agent-first   comes to rest\n");
}

TEST(OtherPoliciesTest, WithoutThemThereIsNoTable) {
  EXPECT_EQ(OtherPoliciesText({kOfSeveralPolicies[0], kOfSeveralPolicies[3]}), "");
}

TEST(OtherPoliciesTest, OnlyTheirFailsAreSetAside) {
  std::vector<Result> results = kOfSeveralPolicies;
  SetOtherPoliciesAside("no policy named", &results);
  EXPECT_EQ(results[0].verdict, Verdict::kFail);
  EXPECT_EQ(results[1].verdict, Verdict::kNotApplicable);
  EXPECT_EQ(results[1].summary, "no policy named: 60 starts");
  EXPECT_EQ(results[2].verdict, Verdict::kPass);
  EXPECT_EQ(results[3].verdict, Verdict::kFail);
}

}  // namespace
}  // namespace pidfall
