// The search on model contenders, whose schedules are counted by hand.
#include "harness/schedules/schedule_search.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace pidfall {
namespace {

// The state that contenders share, and the position of each.
struct Model {
  int file = -1;  // the contender whose pid it holds
  int lock = -1;  // the contender that holds it
  std::vector<int> at;
  std::vector<int> seen;
  std::vector<bool> owns;
};

// One contender's next call. False: it has ended.
using Call = std::function<bool(Model& model, int self)>;
using CanMove = std::function<bool(const Model& model, int self)>;

struct Guard {
  int calls = 0;
  Call make;
  CanMove can_move = [](const Model&, int) { return true; };
};

std::vector<Turn> Run(const Guard& guard, int contenders, const std::vector<Turn>& given,
                      Model& model) {
  const auto count = static_cast<size_t>(contenders);
  model = {.at = std::vector<int>(count),
           .seen = std::vector<int>(count),
           .owns = std::vector<bool>(count)};
  std::vector<Turn> turns;
  std::optional<int> last;
  for (;;) {
    Turn turn;
    for (int i = 0; i < contenders; ++i) {
      const bool is_over = model.at[static_cast<size_t>(i)] >= guard.calls;
      if (!is_over && guard.can_move(model, i)) turn.enabled.push_back(i);
    }
    if (turn.enabled.empty()) return turns;
    turn.chosen = turns.size() < given.size() ? given[turns.size()].chosen
                                              : DefaultChoice(turn.enabled, last);
    int& at = model.at[static_cast<size_t>(turn.chosen)];
    at = guard.make(model, turn.chosen) ? at + 1 : guard.calls;
    last = turn.chosen;
    turns.push_back(turn);
  }
}

struct Count {
  int schedules = 0;
  int first_double_owner = 0;  // the number of the schedule; 0: none
  std::set<std::vector<int>> orders;
};

Count Explore(const Guard& guard, int contenders, std::optional<int> bound) {
  Count count;
  ScheduleSearch search(bound);
  while (const auto given = search.Next()) {
    Model model;
    const auto turns = Run(guard, contenders, *given, model);
    search.Explored(turns);
    ++count.schedules;
    std::vector<int> order;
    order.reserve(turns.size());
    for (const Turn& turn : turns) order.push_back(turn.chosen);
    count.orders.insert(order);
    int owners = 0;
    for (const bool owns : model.owns) owners += owns ? 1 : 0;
    if (owners > 1 && count.first_double_owner == 0) count.first_double_owner = count.schedules;
  }
  EXPECT_TRUE(search.complete());
  EXPECT_EQ(count.orders.size(), static_cast<size_t>(count.schedules)) << "one was tried twice";
  return count;
}

// This many calls that depend on nothing.
Guard Independent(int calls) {
  return {calls, [](Model&, int) { return true; }};
}

// Read, check, write: the field's pid file.
const Guard kCheckThenWrite = {2, [](Model& model, int self) {
                                 const auto me = static_cast<size_t>(self);
                                 if (model.at[me] == 0) return model.file < 0;
                                 model.file = self;
                                 model.owns[me] = true;
                                 return true;
                               }};

// Try the lock and end when it is taken.
const Guard kLock = {2, [](Model& model, int self) {
                       const auto me = static_cast<size_t>(self);
                       if (model.at[me] == 1) return true;
                       if (model.lock >= 0) return false;
                       model.lock = self;
                       model.owns[me] = true;
                       return true;
                     }};

// Wait for the lock, then release it.
const Guard kBlockingLock = {2,
                             [](Model& model, int self) {
                               model.lock = model.at[static_cast<size_t>(self)] == 0 ? self : -1;
                               return true;
                             },
                             [](const Model& model, int self) {
                               return model.at[static_cast<size_t>(self)] == 1 || model.lock < 0;
                             }};

TEST(ScheduleSearch, TriesEveryOrderOnce) {
  EXPECT_EQ(Explore(Independent(1), 2, std::nullopt).schedules, 2);
  EXPECT_EQ(Explore(Independent(3), 2, std::nullopt).schedules, 20);   // C(6, 3)
  EXPECT_EQ(Explore(Independent(5), 2, std::nullopt).schedules, 252);  // C(10, 5)
  EXPECT_EQ(Explore(Independent(2), 3, std::nullopt).schedules, 90);   // 6! / (2! 2! 2!)
}

// Two contenders with n calls each: without a preemption 2 schedules, one after the other. With
// one, each is interrupted after 1 to n - 1 calls and goes on when the other has ended: 2 (n - 1)
// more.
TEST(ScheduleSearch, KeepsToItsBound) {
  EXPECT_EQ(Explore(Independent(4), 2, 0).schedules, 2);
  EXPECT_EQ(Explore(Independent(4), 2, 1).schedules, 2 + 2 * 3);
  EXPECT_EQ(Explore(Independent(3), 3, 0).schedules, 6);
}

TEST(ScheduleSearch, FindsADoubleOwnerByOnePreemption) {
  EXPECT_EQ(Explore(kCheckThenWrite, 2, 0).first_double_owner, 0);
  // A B, B A, then A is preempted after its check: the third.
  EXPECT_EQ(Explore(kCheckThenWrite, 2, 1).first_double_owner, 3);
}

TEST(ScheduleSearch, FindsNoneWhereALockKeepsOthersOut) {
  const Count count = Explore(kLock, 2, std::nullopt);
  EXPECT_EQ(count.first_double_owner, 0);
  EXPECT_EQ(count.schedules, 4);  // for each winner: the loser's call between or after its two
}

TEST(ScheduleSearch, LeavesOutABlockedContender) {
  EXPECT_EQ(Explore(kBlockingLock, 2, std::nullopt).schedules, 2);
  EXPECT_EQ(Explore(kBlockingLock, 3, std::nullopt).schedules, 6);
}

TEST(Preemptions, CountTurnsTakenFromOneThatCouldGoOn) {
  EXPECT_EQ(Preemptions({}), 0);
  EXPECT_EQ(Preemptions({{{0, 1}, 0}, {{0, 1}, 1}, {{0, 1}, 0}}), 2);
  EXPECT_EQ(Preemptions({{{0, 1}, 0}, {{1}, 1}, {{0, 1}, 1}}), 0);
}

}  // namespace
}  // namespace pidfall
