#include "harness/report/causes.h"

#include <gmock/gmock.h>

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Result Breach(const std::string& scenario, const std::string& clause, const std::string& summary) {
  return {.scenario = scenario,
          .clauses = {clause},
          .verdict = Verdict::kFail,
          .severity = Severity::kBreach,
          .summary = summary};
}

Result TwoServe(const std::string& scenario, const std::string& clause,
                const std::string& summary) {
  Result result = Breach(scenario, clause, summary);
  result.kinds = breach_kind::kTwoServe;
  return result;
}

std::vector<const Result*> Pointers(const std::vector<Result>& results) {
  std::vector<const Result*> pointers;
  pointers.reserve(results.size());
  for (const Result& result : results) pointers.push_back(&result);
  return pointers;
}

TEST(CausesTest, TheSameSentenceOfTheSameClauseIsOneCause) {
  const std::vector<Result> results = {
      Breach("pid-reuse/stranger", "C4",
             "B refused to start (status 0) and printed \"PID 3\", "
             "although the pid in the file is a stranger's"),
      Breach("path/symlink", "C9", "the start wrote through a symlink"),
      Breach("pid-reuse/thread-id", "C4",
             "C2 refused to start (status 0) and printed \"PID 14\", "
             "although the number is a thread's"),
  };
  const auto causes = ByCause(Pointers(results));
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_EQ(causes[0].nearest, &results[0]);
  EXPECT_THAT(causes[0].others, ElementsAre(&results[2]));
  EXPECT_THAT(causes[1].others, IsEmpty());
}

TEST(CausesTest, AnotherClauseOrSentenceIsAnotherCause) {
  const std::vector<Result> results = {
      Breach("kill9/restart", "C3", "B refused to start (status 1)"),
      Breach("stale/empty", "C5", "B refused to start (status 1)"),
      Breach("stale/zero", "C5", "B waits"),
  };
  EXPECT_EQ(ByCause(Pointers(results)).size(), 3U);
}

TEST(CausesTest, WithoutAGuardEveryPairOfOwnersFollowsFromThePlainSecondStart) {
  const std::vector<Result> results = {
      TwoServe("duplicate/second-start", "C1", "B serves beside the owner A"),
      TwoServe("stale/hour-old-under-owner", "C15",
               "B serves beside the owner A because of the time"),
      TwoServe("path/fifo", "C9", "a start runs unguarded when ...: a contender serves too"),
      Breach("stop/sigterm", "C12", "A serves on 2 s after the signal"),
  };
  const auto causes = ByCause(Pointers(results));
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_TRUE(causes[0].is_no_guard);
  EXPECT_THAT(causes[0].others, ElementsAre(&results[1], &results[2]));
}

TEST(CausesTest, WhereOnlyThePortGuardsEveryPairOfOwnersFollowsFromAnotherPort) {
  const std::vector<Result> results = {
      TwoServe("duplicate/other-port", "C1", "B serves beside the owner A"),
      TwoServe("surroundings/other-time-zone", "C1",
               "unlike time zones: B serves beside the owner A"),
      Breach("path/symlink", "C9", "the start wrote through a symlink"),
      TwoServe("duplicate/during-shutdown", "C1", "B serves while the owner still has its port"),
      TwoServe("duplicate/owner-stopped", "C14", "the contender took over from a stopped owner"),
  };
  const auto causes = ByCause(Pointers(results));
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_FALSE(causes[0].is_no_guard);
  EXPECT_THAT(causes[0].others, ElementsAre(&results[1], &results[3], &results[4]));
}

TEST(CausesTest, PairsOfOwnersFollowFromALostLockAndNeverTheOtherWayRound) {
  Result lost = TwoServe("later/lock-kept", "C1", "the lock ended with its taker: B serves");
  lost.kinds |= breach_kind::kLostLock;
  const std::vector<Result> results = {
      TwoServe("duplicate/other-port", "C1", "B serves beside the owner A"), lost,
      TwoServe("surroundings/other-home", "C1", "B serves beside the owner A, started elsewhere")};
  const auto causes = ByCause({&results[1], results.data(), &results[2]});
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes[0].nearest, &results[1]);
  EXPECT_THAT(causes[0].others, ElementsAre(results.data(), &results[2]));
}

TEST(CausesTest, PairsOfOwnersFollowFromAnotherPortThatComesAfterThem) {
  const std::vector<Result> results = {
      TwoServe("stale/hour-old-under-owner", "C15", "B serves beside the owner A"),
      Breach("path/fifo", "C9", "a start hangs with its port open"),
      TwoServe("duplicate/other-port", "C1", "B serves beside the owner A"),
  };
  const auto causes = ByCause(Pointers(results));
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_EQ(causes[0].nearest, &results[1]);
  EXPECT_EQ(causes[1].nearest, &results[2]);
  EXPECT_THAT(causes[1].others, ElementsAre(&results[0]));
}

TEST(CausesTest, NoGuardStaysInItsPlaceAlsoWhereAnotherPortShowsIt) {
  const std::vector<Result> results = {
      TwoServe("duplicate/second-start", "C1", "B serves beside the owner A"),
      Breach("path/fifo", "C9", "a start hangs with its port open"),
      TwoServe("duplicate/other-port", "C1", "B serves beside the owner A"),
  };
  const auto causes = ByCause(Pointers(results));
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_EQ(causes[0].nearest, &results[0]);
  EXPECT_THAT(causes[0].others, ElementsAre(&results[2]));
}

TEST(CausesTest, WeaknessesAndOtherGuardsStandByThemselves) {
  std::vector<Result> results = {
      Breach("duplicate/second-start", "C2", "a duplicate ended with status 1"),
      Breach("duplicate/second-start", "C2", "a duplicate ended with status 1"),
      Breach("duplicate/ten-in-a-row", "C2", "a duplicate ended with status 1"),
  };
  results[1].guard = "port";
  results[2].severity = Severity::kWeakness;
  EXPECT_EQ(ByCause(Pointers(results)).size(), 3U);
}

TEST(CausesTest, TheFirstStepIsTheFixOfTheLargestCause) {
  const auto fix = [](const Cause& cause) { return "fix " + cause.nearest->scenario; };
  std::vector<Result> results = {Breach("stop/sigterm", "C12", "A serves on"),
                                 Breach("stale/empty", "C5", "B waits"),
                                 Breach("stale/zero", "C5", "B waits")};
  EXPECT_EQ(FirstStepText(results, fix),
            "first    stale/empty (2 of 3 breaches): fix stale/empty\n");
  results.resize(1);
  EXPECT_EQ(FirstStepText(results, fix), "");
}

}  // namespace
}  // namespace pidfall
