#include "harness/report/starts.h"

#include <gtest/gtest.h>

#include <chrono>

namespace pidfall {
namespace {

using namespace std::chrono_literals;

TEST(StartsTextTest, ListsTheStartsOfAllInOrderWithTheirEndings) {
  const ActorLog by_hand = {.name = "by-hand",
                            .starts = {{20us, 3}},
                            .exits = {{.at = 8min, .signal = 15, .provoked = true}}};
  const ActorLog agent = {
      .name = "agent", .starts = {{1s, 5}, {11s, 7}}, .exits = {{.at = 1500ms, .status = 1}}};
  EXPECT_EQ(StartsText({.actors = {by_hand, agent}}),
            "less than 1 ms  by-hand    pid 3      signal 15 after 8 min, told to end\n"
            "1 s             agent      pid 5      status 1 after 0.5 s\n"
            "11 s            agent      pid 7      still runs\n");
}

TEST(StartsTextTest, SaysNothingWhereNothingWasStarted) { EXPECT_EQ(StartsText({}), ""); }

}  // namespace
}  // namespace pidfall
