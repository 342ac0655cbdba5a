#include "harness/schedules/foresight.h"

#include <gmock/gmock.h>

namespace pidfall {
namespace {

using testing::ElementsAre;

const NamedCall kWritesA = {.name = {"write", "a"}}, kWritesB = {.name = {"write", "b"}};

std::vector<int> ChoicesOf(const std::optional<std::vector<Turn>>& turns) {
  std::vector<int> choices;
  for (const Turn& turn : turns.value_or(std::vector<Turn>())) choices.push_back(turn.chosen);
  return choices;
}

// The first contender makes `calls` on a, then the other one on b, and each ends.
std::vector<Turn> OneAfterTheOther(size_t calls) {
  std::vector<Turn> turns;
  for (int contender = 0; contender < 2; ++contender) {
    for (size_t i = 0; i < calls; ++i) {
      Turn turn{.enabled = {1}, .calls = {kWritesB}, .chosen = contender};
      if (contender == 0) turn = {.enabled = {0, 1}, .calls = {kWritesA, kWritesB}};
      turn.made = turn.CallOf(contender);
      turn.after = i + 1 == calls ? After::kEnd : After::kNextCall;
      turns.push_back(turn);
    }
  }
  return turns;
}

TEST(Foresight, KnowsNothingBeforeTheFirstSchedule) {
  EXPECT_EQ(Foresight(2).TurnsOf({}), std::nullopt);
}

TEST(Foresight, ForeseesTurnsInAnotherOrder) {
  Foresight foresight(2);
  const auto turns = OneAfterTheOther(3);
  EXPECT_TRUE(foresight.Learn(turns));
  const auto foreseen = foresight.TurnsOf({0, 1, 0, 1});
  EXPECT_THAT(ChoicesOf(foreseen), ElementsAre(0, 1, 0, 1, 1, 0)) << "each goes on while it can";
}

TEST(Foresight, EqualOrdersAreTheSame) {
  Foresight foresight(2);
  const auto turns = OneAfterTheOther(3);
  foresight.Learn(turns);
  EXPECT_EQ(foresight.OrderOf(*foresight.TurnsOf({0, 1, 1, 0, 0})), foresight.OrderOf(turns));
  EXPECT_NE(foresight.OrderOf(*foresight.TurnsOf({1, 1, 1})), foresight.OrderOf(turns))
      << "the other one ends first";
}

TEST(Foresight, DoesNotForeseeATurnAfterOtherEvents) {
  Foresight foresight(2);
  auto turns = OneAfterTheOther(2);
  for (Turn& turn : turns) {
    for (NamedCall& call : turn.calls) call = kWritesA;
    turn.made = kWritesA;
  }
  foresight.Learn(turns);
  EXPECT_EQ(foresight.TurnsOf({1}), std::nullopt) << "it wrote to a after the first one did";
}

TEST(Foresight, NoticesThatATurnIsAnotherOneThanBefore) {
  Foresight foresight(2);
  auto turns = OneAfterTheOther(2);
  EXPECT_TRUE(foresight.Learn(turns));
  EXPECT_TRUE(foresight.Learn(turns));
  turns[0].after = After::kStir;
  EXPECT_FALSE(foresight.Learn(turns));
}

// Whether the second one wakes depends on whether the first one can go on.
TEST(Foresight, DoesNotForeseeWhatASleeperDoes) {
  const Turn before = {.enabled = {0},
                       .calls = {kWritesA},
                       .made = kWritesA,
                       .after = After::kEnd,
                       .asleep = {1},
                       .wakes_a_sleeper = true};
  const Turn after = {.enabled = {1}, .calls = {kWritesB}, .chosen = 1, .made = kWritesB};
  Foresight foresight(2);
  foresight.Learn({before, after});
  EXPECT_EQ(foresight.TurnsOf({}), std::nullopt);
}

// The second one wakes after the last turn of either other one.
TEST(Foresight, DoesNotForeseeAnEndWhereOneStillSleeps) {
  const NamedCall writes_c = {.name = {"write", "c"}};
  const auto ends = [&](int contender, std::vector<int> enabled, bool wakes) {
    Turn turn{.enabled = std::move(enabled), .chosen = contender, .asleep = {1}};
    for (const int each : turn.enabled) turn.calls.push_back(each == 0 ? kWritesA : writes_c);
    turn.made = turn.CallOf(contender);
    turn.after = After::kEnd;
    turn.wakes_a_sleeper = wakes;
    return turn;
  };
  const Turn woken = {.enabled = {1}, .calls = {kWritesB}, .chosen = 1, .made = kWritesB};
  Foresight foresight(3);
  foresight.Learn({ends(0, {0, 2}, false), ends(2, {2}, true), woken});
  foresight.Learn({ends(2, {0, 2}, false), ends(0, {0}, true), woken});
  EXPECT_EQ(foresight.TurnsOf({0, 2}), std::nullopt);
}

TEST(Foresight, AnOpenDependsOnWhetherItsFileExisted) {
  const NamedCall opens = {.name = {"openat", "a"}, .opening = Opening::kCreatesIfMissing};
  NamedCall opens_only = opens;
  opens_only.opening = Opening::kOnlyOpens;
  Turn first = {.enabled = {0, 1}, .calls = {opens, opens}, .made = opens, .after = After::kEnd};
  Turn second = {.enabled = {1}, .calls = {opens}, .chosen = 1, .made = opens_only};
  second.after = After::kEnd;
  Foresight foresight(2);
  foresight.Learn({first, second});
  EXPECT_EQ(foresight.TurnsOf({1}), std::nullopt) << "there it would create the file";
}

}  // namespace
}  // namespace pidfall
