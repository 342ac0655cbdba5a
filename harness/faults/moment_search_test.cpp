#include "harness/faults/moment_search.h"

#include <gtest/gtest.h>

#include <vector>

namespace pidfall {
namespace {

GuardCall Before(GuardCall::Kind kind) { return {.kind = kind, .object = "x.pid"}; }

GuardCall After(GuardCall::Kind kind, bool failed = false) {
  return {.kind = kind, .object = "x.pid", .returned = true, .failed = failed};
}

// A start that checks, creates its file, writes its pid into it, locks it and listens.
std::vector<GuardCall> UsualStart() {
  std::vector<GuardCall> calls;
  for (const auto kind : {GuardCall::kLook, GuardCall::kCreate, GuardCall::kWrite, GuardCall::kLock,
                          GuardCall::kClose, GuardCall::kBind, GuardCall::kListen}) {
    calls.push_back(Before(kind));
    calls.push_back(After(kind));
  }
  return calls;
}

// All moments, one after the other.
std::vector<std::string> MomentsIn(const std::vector<GuardCall>& calls, Moments moments) {
  std::vector<std::string> found;
  for (int nth = 1;; ++nth) {
    MomentSearch search(moments, nth);
    bool came = false;
    for (const GuardCall& call : calls) came = came || search.IsIt(call);
    if (!came) return found;
    found.push_back(search.when());
  }
}

struct Row {
  const char* name;
  Moments moments;
  std::vector<GuardCall> calls;
  std::vector<GuardCall> expected;
};

const Row kRows[] = {
    {"NewFiles",
     Moments::kNewFiles,
     UsualStart(),
     {After(GuardCall::kCreate), After(GuardCall::kListen)}},
    {"Changes",
     Moments::kChanges,
     UsualStart(),
     {After(GuardCall::kCreate), After(GuardCall::kWrite), After(GuardCall::kListen)}},
    {"ChecksStandBeforeWhatRestsOnALook",
     Moments::kChecks,
     UsualStart(),
     {Before(GuardCall::kCreate), After(GuardCall::kCreate), After(GuardCall::kWrite),
      After(GuardCall::kLock), After(GuardCall::kListen)}},
    {"Touches",
     Moments::kTouches,
     UsualStart(),
     {After(GuardCall::kCreate), After(GuardCall::kWrite), After(GuardCall::kClose),
      After(GuardCall::kListen)}},
    {"ACallThatFailedIsNone",
     Moments::kTouches,
     {After(GuardCall::kCreate, true), After(GuardCall::kListen, true)},
     {}},
    {"AWriteRestsOnNoLook",
     Moments::kChecks,
     {After(GuardCall::kOpen), Before(GuardCall::kWrite)},
     {}},
    {"ABindMayRestOnALook",
     Moments::kChecks,
     {After(GuardCall::kLook), Before(GuardCall::kBind)},
     {Before(GuardCall::kBind)}},
};

class MomentSearchTest : public testing::TestWithParam<Row> {};

TEST_P(MomentSearchTest, FindsTheMomentsInTheirOrder) {
  std::vector<std::string> expected;
  for (const GuardCall& call : GetParam().expected) expected.push_back(call.When());
  EXPECT_EQ(MomentsIn(GetParam().calls, GetParam().moments), expected);
}

INSTANTIATE_TEST_SUITE_P(Rows, MomentSearchTest, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace pidfall
