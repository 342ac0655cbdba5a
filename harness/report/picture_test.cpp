#include "harness/report/picture.h"

#include <expat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

SimulationLog TwoAt(SupervisorTime second_from) {
  const ActorLog by_hand{
      .name = "by-hand", .starts = {{0s, 1}}, .spans = {{Phase::kServes, 0s, 60s}}};
  const ActorLog agent{.name = "agent <&>",
                       .supervised = true,
                       .starts = {{1s, 2}},
                       .exits = {{.at = 2s, .status = 1}},
                       .spans = {{Phase::kServes, second_from, second_from + 5s}}};
  return {.actors = {by_hand, agent}, .duration = 90s};
}

std::string Drawn(const SimulationLog& log, PictureHead head = {.title = "A title"}) {
  return PictureText(head, {{"a chart", {{"none", &log}}}});
}

bool IsWellFormed(const std::string& xml) {
  const XML_Parser parser = XML_ParserCreate(nullptr);
  const bool good = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  return good;
}

TEST(Picture, IsWellFormedWhateverTheNames) {
  EXPECT_TRUE(
      IsWellFormed(Drawn(TwoAt(70s), {.title = "<b>\x1b[2J\xff", .source = "https://a/?b&c"})));
}

TEST(Picture, ShowsTwoOwnersWhereTheyOverlapOnly) {
  EXPECT_THAT(Drawn(TwoAt(10s)), HasSubstr("two owners"));
  EXPECT_THAT(Drawn(TwoAt(70s)), Not(HasSubstr("two owners")));
}

TEST(Picture, LabelsTheAxisByTheClockWhereAStartIsGiven) {
  EXPECT_THAT(Drawn(TwoAt(70s)), HasSubstr(">1m</text>"));
  const std::string at_clock = Drawn(TwoAt(70s), {.title = "A title", .start = 23h + 59min + 45s});
  EXPECT_THAT(at_clock, HasSubstr(">23:59:45</text>"));
  EXPECT_THAT(at_clock, HasSubstr(">00:00:45</text>"));
}

TEST(ParseClock, TakesADateOrNone) {
  EXPECT_EQ(ParseClock("2025-12-22T10:28"), 10h + 28min);
  EXPECT_EQ(ParseClock("10:28:30"), 10h + 28min + 30s);
}

TEST(ParseClock, RefusesWhatIsNoTimeOfDay) {
  for (const char* text : {"", "10", "24:00", "10:60", "1:2", "10:28:30:1", "10:28Z", "T", "10:"}) {
    EXPECT_THROW(ParseClock(text), BadInput) << text;
  }
}

}  // namespace
}  // namespace pidfall
