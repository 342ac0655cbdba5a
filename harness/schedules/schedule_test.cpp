#include "harness/schedules/schedule.h"

#include <gtest/gtest.h>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

TEST(Schedule, ReadsItsOwnText) {
  for (const char* text : {"fresh:", "stale:A4B3A2", "live-owner:AB12", "stopping-owner:CBA"}) {
    EXPECT_EQ(ParseSchedule(text).Text(), text);
  }
  EXPECT_EQ(ParseSchedule("stale:A2B").choices, (std::vector<int>{0, 0, 1}));
}

TEST(Schedule, RefusesAMalformedText) {
  for (const char* text : {"", "stale", "stale:a4", "early:A", "stale:A0", "stale:4A", "stale:A4 B",
                           "fresh:A99999", "fresh:A9999B9999"}) {
    EXPECT_THROW(ParseSchedule(text), BadInput) << text;
  }
}

}  // namespace
}  // namespace pidfall
