#include "harness/report/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// The incident in ten minutes: the copy by hand ends at 8 min.
ActorLog ByHand() {
  return {.name = "by-hand",
          .starts = {{0s, 1}},
          .exits = {{.at = 8min, .served = true, .provoked = true}},
          .spans = {{Phase::kServes, 0s, 8min}, {Phase::kDown, 8min, 10min}}};
}

ActorLog Loop(int status) {
  ActorLog agent = {.name = "agent", .supervised = true};
  SupervisorTime at = 1s;
  for (; at < 8min; at += 10s) {
    agent.starts.push_back({at, 2});
    agent.exits.push_back({.at = at + 50ms, .status = status});
  }
  agent.starts.push_back({at, 2});
  agent.spans = {{Phase::kDown, 0s, 1s}, {Phase::kThrottled, 1s, at}, {Phase::kServes, at, 10min}};
  return agent;
}

ActorLog StandingBy() {
  return {.name = "agent",
          .supervised = true,
          .starts = {{1s, 2}},
          .spans = {{Phase::kDown, 0s, 1s},
                    {Phase::kWaits, 1s, 8min + 100ms},
                    {Phase::kServes, 8min + 100ms, 10min}}};
}

SimulationLog LogOf(const ActorLog& agent) {
  return {.actors = {ByHand(), agent}, .duration = 10min};
}

class Timeline : public ::testing::Test {
 protected:
  SimulationLog none_ = LogOf(Loop(1));
  SimulationLog pidfile_ = LogOf(Loop(0));
  SimulationLog reference_ = LogOf(StandingBy());
  std::vector<TimelineGroup> groups_ = {
      {"none", &none_}, {"pidfile", &pidfile_}, {"reference", &reference_}};
};

// Characters, not bytes.
std::size_t LongestLine(const std::string& drawing) {
  std::istringstream lines(drawing);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto characters = std::count_if(line.begin(), line.end(),
                                          [](unsigned char byte) { return (byte & 0xC0) != 0x80; });
    longest = std::max(longest, static_cast<std::size_t>(characters));
  }
  return longest;
}

TEST_F(Timeline, IncidentIsDrawnInAscii) {
  EXPECT_EQ(
      DrawTimeline(groups_, {.width = 104}),
      "                    0m      2m      4m      6m      8m      10m\n"
      "none       by-hand  ################################x\n"
      "           agent    !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!########  49 starts, 48 x status 1, "
      "serves 1 s after\n"
      "pidfile    agent    oooooooooooooooooooooooooooooooo########  49 starts, 48 x status 0, "
      "serves 1 s after\n"
      "reference  agent    ................................########  1 start, waits, serves 0.1 s "
      "after\n"
      "# serves  . waits  ! failed start  o polite exit  x ended\n");
}

TEST_F(Timeline, IncidentIsDrawnInUtf8) {
  const std::string drawing = DrawTimeline({groups_[2]}, {.width = 63, .utf8 = true});
  EXPECT_EQ(drawing,
            "                    0m      2m      4m      6m      8m      10m\n"
            "reference  by-hand  ████████████████████████████████╳\n"
            "           agent    ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░████████\n"
            "                    1 start, waits, serves 0.1 s after\n"
            "█ serves  ░ waits  ╳ ended\n");
}

TEST_F(Timeline, AnyWidthIsKept) {
  for (int width = 72; width <= 200; ++width) {
    for (const bool utf8 : {false, true}) {
      const std::string drawing = DrawTimeline(groups_, {.width = width, .utf8 = utf8});
      EXPECT_LE(LongestLine(drawing), static_cast<std::size_t>(width)) << drawing;
    }
  }
}

TEST_F(Timeline, TooNarrowKeepsAReadableBar) {
  EXPECT_THAT(DrawTimeline(groups_, {.width = 10}), HasSubstr("################x"));
}

TEST_F(Timeline, ThrottleShowsWhereNothingElseHappens) {
  SimulationLog log = {.actors = {{.name = "job",
                                   .supervised = true,
                                   .starts = {{0s, 1}},
                                   .exits = {{.at = 0s, .status = 1}},
                                   .spans = {{Phase::kThrottled, 0s, 10s}}}},
                       .duration = 10s};
  EXPECT_EQ(DrawTimeline({{"", &log}}, {.width = 30}),
            "       0s        5s        10s\n"
            "  job  !===================\n"
            "       1 start, 1 x status 1\n"
            "! failed start  = throttled\n");
}

TEST(EmptyTimeline, NoTimeAtAllIsDrawn) {
  const SimulationLog log = {.actors = {{.name = "job"}}};
  EXPECT_FALSE(DrawTimeline({{"", &log}}, {}).empty());
}

}  // namespace
}  // namespace pidfall
