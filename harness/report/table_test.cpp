#include "harness/report/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

const TableHead kHead{"0.1", "full"};

TEST(TableTest, ShowsFailsOfJudgedPerFamilyAndStrategy) {
  const std::vector<Result> results = {
      ResultOf("stale/zero", Verdict::kNotApplicable, {.guard = "none"}),
      ResultOf("stale/zero", Verdict::kFail, {.guard = "pidfile"}),
      ResultOf("stale/empty", Verdict::kNotApplicable, {.guard = "none"}),
      ResultOf("stale/empty", Verdict::kPass, {.guard = "pidfile"}),
      ResultOf("port/stranger", Verdict::kPass, {.guard = "none"}),
      ResultOf("port/stranger", Verdict::kSkip, {.guard = "pidfile"}),
  };
  EXPECT_EQ(RunTable(results, kHead, Paint(false)),
            "pidfall 0.1: 3 scenarios x 2 strategies   sandbox: full   "
            "(broken promises / judged; each one is expected, see docs/bundled-servers.md)\n"
            "       none  pidfile\n"
            "stale     -      1/2\n"
            "port    0/1     skip\n"
            "all     0/1      1/2\n");
}

TEST(TableTest, MarksSurprisesAndBrokenCells) {
  const std::vector<Result> results = {
      ResultOf("stale/zero", Verdict::kPass, {.guard = "none", .surprise = true}),
      ResultOf("stale/zero", Verdict::kBroken, {.guard = "port"}),
  };
  EXPECT_EQ(RunTable(results, kHead, Paint(false)),
            "pidfall 0.1: 1 scenario x 2 strategies   sandbox: full   "
            "(broken promises / judged; 1 surprise, marked !)\n"
            "       none  port\n"
            "stale  0/1!  0/1!\n");
}

TEST(TableTest, ColorDoesNotShiftColumns) {
  const std::vector<Result> results = {ResultOf("stale/zero", Verdict::kFail, {.guard = "none"})};
  EXPECT_THAT(RunTable(results, kHead, Paint(true)), HasSubstr("stale   \x1B[33m1/1\x1B[0m\n"));
}

TEST(TableTest, NothingIsATitleOnly) {
  EXPECT_EQ(RunTable({}, kHead, Paint(false)),
            "pidfall 0.1: 0 scenarios x 0 strategies   sandbox: full   "
            "(broken promises / judged; none found)\n\n");
}

}  // namespace
}  // namespace pidfall
