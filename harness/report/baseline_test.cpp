#include "harness/report/baseline.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/input/bad_input.h"
#include "harness/report/json.h"
#include "harness/report/testing.h"

namespace pidfall {
namespace {

class BaselineTest : public testing::Test {
 protected:
  ~BaselineTest() override { std::filesystem::remove(path_); }

  Baseline Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadBaseline(path_);
  }

  void ExpectRefused(const std::string& text, const std::string& message) {
    try {
      Read(text);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const BadInput& error) {
      EXPECT_EQ(error.what(), path_ + ": " + message);
    }
  }

  std::string path_ = testing::TempDir() + "pidfall-baseline-" + std::to_string(getpid()) + ".json";
};

Result Failed(const std::string& scenario, const std::string& clause) {
  Result result = ResultOf(scenario, Verdict::kFail);
  result.clauses = {clause};
  return result;
}

TEST_F(BaselineTest, AFailureOfAnEarlierCheckIsKnown) {
  const Baseline baseline =
      Read(JsonText({"0.1.0", "check", "full"}, {Failed("stale/zero", "C5")}));
  EXPECT_TRUE(baseline.Knows(Failed("stale/zero", "C5")));
}

TEST_F(BaselineTest, AFailureThatWasKnownThenIsKnown) {
  Result known = Failed("stale/zero", "C5");
  known.verdict = Verdict::kKnown;
  const Baseline baseline = Read(JsonText({"0.1.0", "check", "full"}, {known}));
  EXPECT_TRUE(baseline.Knows(Failed("stale/zero", "C5")));
}

TEST_F(BaselineTest, AFileOfManyMebibytesIsRead) {
  Result failed = Failed("stale/zero", "C5");
  failed.evidence = {std::string(3 << 20, 'x')};
  const Baseline baseline =
      Read(JsonText({"0.1.0", "check", "full"}, {failed, Failed("stale/empty", "C3")}));
  EXPECT_TRUE(baseline.Knows(Failed("stale/empty", "C3")));
}

TEST_F(BaselineTest, AnotherClauseOrScenarioIsNew) {
  const Baseline baseline =
      Read(JsonText({"0.1.0", "check", "full"}, {Failed("stale/zero", "C5")}));
  EXPECT_FALSE(baseline.Knows(Failed("stale/zero", "C1")));
  EXPECT_FALSE(baseline.Knows(Failed("stale/zer", "C5")));
  EXPECT_FALSE(baseline.Knows(Failed("stale/zero-padded", "C5")));
}

TEST_F(BaselineTest, ABreachIsNewWhereAWeaknessWasAccepted) {
  Result weakness = Failed("stale/zero", "C5");
  weakness.severity = Severity::kWeakness;
  const Result breach = Failed("stale/zero", "C5");
  const Baseline weak = Read(JsonText({"0.1.0", "check", "full"}, {weakness}));
  EXPECT_TRUE(weak.Knows(weakness));
  EXPECT_FALSE(weak.Knows(breach));
  EXPECT_TRUE(Read(JsonText({"0.1.0", "check", "full"}, {breach})).Knows(weakness));
}

TEST_F(BaselineTest, AScenarioThatDidNotFailIsNotAccepted) {
  Result passed = Failed("stale/zero", "C5");
  passed.verdict = Verdict::kPass;
  const Baseline baseline = Read(JsonText({"0.1.0", "check", "full"}, {passed}));
  EXPECT_FALSE(baseline.Knows(Failed("stale/zero", "C5")));
}

TEST_F(BaselineTest, OnlyAPassIsFixed) {
  const Baseline baseline = Read(JsonText(
      {"0.1.0", "check", "full"}, {Failed("stale/zero", "C5"), Failed("stale/empty", "C3")}));
  EXPECT_EQ(
      baseline.Fixed({ResultOf("stale/zero", Verdict::kPass), ResultOf("stale/zer", Verdict::kPass),
                      ResultOf("stale/empty", Verdict::kSkip)}),
      std::vector<std::string>{"stale/zero"});
}

TEST_F(BaselineTest, AFileWithoutResultsIsRefused) {
  constexpr char kNoResults[] = "not a result file: write one with `pidfall check --json FILE`";
  ExpectRefused("{", "not JSON at byte 2");
  ExpectRefused("", "not JSON at byte 1");
  ExpectRefused("[]", kNoResults);
  ExpectRefused("{}", kNoResults);
  ExpectRefused(R"({"results": [1]})", kNoResults);
  ExpectRefused(R"({"results": [{"verdict": "fail", "scenario": "a/b", "clauses": []}]})",
                kNoResults);
  EXPECT_THROW(ReadBaseline("/nowhere/x.json"), BadInput);
}

}  // namespace
}  // namespace pidfall
