#include "harness/input/duration.h"

#include <gtest/gtest.h>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

TEST(Duration, FormsAreRead) {
  EXPECT_EQ(ParseDuration("0"), 0s);
  EXPECT_EQ(ParseDuration("500ms"), 500ms);
  EXPECT_EQ(ParseDuration("10s"), 10s);
  EXPECT_EQ(ParseDuration("8 min"), 8min);
  EXPECT_EQ(ParseDuration("8m20s"), 500s);
  EXPECT_EQ(ParseDuration("1h 30min"), 90min);
  EXPECT_EQ(ParseDuration("1.5 s"), 1500ms);
}

TEST(Duration, JunkIsRefused) {
  for (const char* junk : {"", "s", "10", "10x", "-1s", "7abc", "1h,2h", "1h x", "1e99s", "400d",
                           "nan s", "99999999999999999999h"}) {
    EXPECT_THROW(ParseDuration(junk), BadInput) << junk;
  }
}

TEST(Duration, ShownInTheUnitsThatMatter) {
  EXPECT_EQ(FormatDuration(std::chrono::microseconds(2)), "less than 1 ms");
  EXPECT_EQ(FormatDuration(0s), "0 s");
  EXPECT_EQ(FormatDuration(100ms), "0.1 s");
  EXPECT_EQ(FormatDuration(4s), "4 s");
  EXPECT_EQ(FormatDuration(4200ms), "4.2 s");
  EXPECT_EQ(FormatDuration(59999ms), "1 min");
  EXPECT_EQ(FormatDuration(500s), "8 min 20 s");
  EXPECT_EQ(FormatDuration(1h), "1 h");
  EXPECT_EQ(FormatDuration(26h), "1 d 2 h");
}

}  // namespace
}  // namespace pidfall
