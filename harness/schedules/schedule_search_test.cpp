// The search on model contenders, whose schedules are counted by hand.
#include "harness/schedules/schedule_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include "harness/input/text_parts.h"

namespace pidfall {
namespace {

// The state that contenders share, and the position of each.
struct Model {
  std::map<std::string, int> files;  // an object, and the contender that wrote it last
  std::vector<int> at;
  std::vector<bool> owns;
  bool operator==(const Model&) const = default;
  bool operator<(const Model& other) const {
    return std::tie(files, at, owns) < std::tie(other.files, other.at, other.owns);
  }

  int In(const std::string& object) const {
    const auto found = files.find(object);
    return found == files.end() ? -1 : found->second;
  }
};

// One contender's next call. False: it has ended.
using Call = std::function<bool(Model& model, int self)>;
using CanMove = std::function<bool(const Model& model, int self)>;

NamedCall Of(const char* name, const std::string& object) { return {.name = {name, object}}; }

struct Guard {
  std::vector<NamedCall> calls;
  Call make;
  CanMove can_move = [](const Model&, int) { return true; };
};

Turn NextTurn(const Guard& guard, const Model& model) {
  Turn turn;
  for (size_t i = 0; i < model.at.size(); ++i) {
    const auto at = static_cast<size_t>(model.at[i]);
    const int self = static_cast<int>(i);
    if (at >= guard.calls.size() || !guard.can_move(model, self)) continue;
    turn.enabled.push_back(self);
    turn.calls.push_back(guard.calls[at]);
    ReplaceAll(turn.calls.back().name.object, "{pid}", std::to_string(self));
  }
  return turn;
}

After AfterTurn(const Turn& turn, const Turn& next) {
  if (turn.enabled == next.enabled) return After::kNextCall;
  std::vector<int> others = turn.enabled;
  std::erase(others, turn.chosen);
  return others == next.enabled ? After::kEnd : After::kStir;
}

std::vector<Turn> CarryOut(const Guard& guard, int contenders, const std::vector<int>& choices,
                           Model& model) {
  const auto count = static_cast<size_t>(contenders);
  model = {.at = std::vector<int>(count), .owns = std::vector<bool>(count)};
  std::vector<Turn> turns;
  std::optional<int> last;
  for (;;) {
    Turn turn = NextTurn(guard, model);
    if (turn.enabled.empty()) return turns;
    turn.chosen =
        turns.size() < choices.size() ? choices[turns.size()] : DefaultChoice(turn.enabled, last);
    turn.made = turn.CallOf(turn.chosen);
    int& at = model.at[static_cast<size_t>(turn.chosen)];
    at = guard.make(model, turn.chosen) ? at + 1 : static_cast<int>(guard.calls.size());
    last = turn.chosen;
    turn.after = AfterTurn(turn, NextTurn(guard, model));
    turns.push_back(turn);
  }
}

std::vector<int> ChoicesOf(const std::vector<Turn>& turns) {
  std::vector<int> choices;
  choices.reserve(turns.size());
  for (const Turn& turn : turns) choices.push_back(turn.chosen);
  return choices;
}

struct Count {
  int schedules = 0;
  int carried_out = 0;
  int first_double_owner = 0;  // the number of the schedule; 0: none
  std::set<std::vector<int>> orders;
  std::set<Model> ends;
};

Count Explore(const Guard& guard, int contenders, std::optional<int> bound,
              Equals equals = Equals::kAreTried) {
  Count count;
  ScheduleSearch search(static_cast<size_t>(contenders), bound, equals);
  while (const auto next = search.Next()) {
    ++count.schedules;
    if (next->is_equal) continue;
    ++count.carried_out;
    Model model;
    const auto turns = CarryOut(guard, contenders, next->choices, model);
    search.Explored(turns);
    count.orders.insert(ChoicesOf(turns));
    count.ends.insert(model);
    const auto owners = std::count(model.owns.begin(), model.owns.end(), true);
    if (owners > 1 && count.first_double_owner == 0) count.first_double_owner = count.schedules;
  }
  EXPECT_TRUE(search.complete());
  EXPECT_EQ(count.orders.size(), static_cast<size_t>(count.carried_out)) << "one was tried twice";
  return count;
}

// This many calls, each on a file of its own.
Guard Independent(size_t calls) {
  return {std::vector(calls, Of("write", "x.{pid}")), [](Model&, int) { return true; }};
}

// Read, check, write: the field's pid file.
const Guard kCheckThenWrite = {{Of("read", "x.pid"), Of("write", "x.pid")},
                               [](Model& model, int self) {
                                 const auto me = static_cast<size_t>(self);
                                 if (model.at[me] == 0) return model.In("x.pid") < 0;
                                 model.files["x.pid"] = self;
                                 model.owns[me] = true;
                                 return true;
                               }};

// Try the lock and end when it is taken.
const Guard kLock = {{Of("flock", "x.lock"), Of("write", "x.pid")}, [](Model& model, int self) {
                       const auto me = static_cast<size_t>(self);
                       if (model.at[me] == 1) return true;
                       if (model.In("x.lock") >= 0) return false;
                       model.files["x.lock"] = self;
                       model.owns[me] = true;
                       return true;
                     }};

// Wait for the lock, then release it.
const Guard kBlockingLock = {
    {Of("flock", "x.lock"), Of("close", "x.lock")},
    [](Model& model, int self) {
      model.files["x.lock"] = model.at[static_cast<size_t>(self)] == 0 ? self : -1;
      return true;
    },
    [](const Model& model, int self) {
      return model.at[static_cast<size_t>(self)] == 1 || model.In("x.lock") < 0;
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

// Calls on two files, chosen at random. A read remembers the contender that wrote the file, and a
// read of its own end ends it.
Guard Random(std::mt19937& random) {
  Guard guard;
  const std::array<std::string, 4> objects = {"a", "b", "x.{pid}", "a,b"};
  constexpr int kCalls = 4;
  for (int i = 0; i < kCalls; ++i) {
    const bool reads = random() % 3 == 0;
    guard.calls.push_back(Of(reads ? "read" : "write", objects.at(random() % objects.size())));
  }
  guard.make = [calls = guard.calls](Model& model, int self) {
    const auto me = static_cast<size_t>(self);
    const auto& [name, text, occurrence] = calls[static_cast<size_t>(model.at[me])].name;
    for (const char* object : {"a", "b"}) {
      if (text.find(object) == std::string::npos || text.find("pid") != std::string::npos) continue;
      if (name == "read" && model.In(object) > self) return false;
      if (name == "read") model.files["seen by " + std::to_string(self)] += model.In(object) + 2;
      if (name == "write") model.files[object] = self;
    }
    return true;
  };
  return guard;
}

// One of equal orders is enough: every end is found that all orders lead to.
TEST(ScheduleSearch, FindsTheSameEndsWithoutEqualOrders) {
  std::mt19937 random(20261130);  // NOLINT: the same guards in every run
  int tried = 0, carried_out = 0;
  for (int i = 0; i < 30; ++i) {
    const Guard guard = Random(random);
    for (const int bound : {0, 1, 2, 100}) {
      const int contenders = bound == 100 ? 2 : 3;
      const Count all = Explore(guard, contenders, bound);
      const Count fewer = Explore(guard, contenders, bound, Equals::kAreKnown);
      EXPECT_EQ(fewer.ends, all.ends) << "guard " << i << ", bound " << bound;
      EXPECT_EQ(fewer.schedules, all.schedules) << "guard " << i << ", bound " << bound;
      tried += all.carried_out;
      carried_out += fewer.carried_out;
    }
  }
  EXPECT_LT(carried_out * 2, tried);
}

// Each ends once, and only the order of their ends counts.
TEST(ScheduleSearch, CarriesOutOneOfEqualOrders) {
  const Count count = Explore(Independent(3), 2, std::nullopt, Equals::kAreKnown);
  EXPECT_EQ(count.schedules, 20);
  EXPECT_EQ(count.carried_out, 2);
}

TEST(ScheduleSearch, FindsTheFirstDoubleOwnerWithoutEqualOrders) {
  EXPECT_EQ(Explore(kCheckThenWrite, 2, 1, Equals::kAreKnown).first_double_owner, 3);
  EXPECT_EQ(Explore(kLock, 2, std::nullopt, Equals::kAreKnown).first_double_owner, 0);
  EXPECT_EQ(Explore(kBlockingLock, 3, std::nullopt, Equals::kAreKnown).schedules, 6);
}

TEST(ScheduleSearch, TellsWhenAScheduleWasNoEqual) {
  ScheduleSearch search(2, std::nullopt);
  while (const auto next = search.Next()) {
    Model model;
    const bool is_foreseen = search.Explored(CarryOut(Independent(3), 2, next->choices, model));
    EXPECT_TRUE(is_foreseen);
    if (!next->is_equal) continue;
    EXPECT_FALSE(search.Explored(CarryOut(kLock, 2, next->choices, model)));
    return;
  }
  FAIL() << "none was equal";
}

TEST(Preemptions, CountTurnsTakenFromOneThatCouldGoOn) {
  EXPECT_EQ(Preemptions({}), 0);
  const auto turn = [](std::vector<int> enabled, int chosen) {
    return Turn{.enabled = std::move(enabled), .chosen = chosen};
  };
  EXPECT_EQ(Preemptions({turn({0, 1}, 0), turn({0, 1}, 1), turn({0, 1}, 0)}), 2);
  EXPECT_EQ(Preemptions({turn({0, 1}, 0), turn({1}, 1), turn({0, 1}, 1)}), 0);
}

}  // namespace
}  // namespace pidfall
