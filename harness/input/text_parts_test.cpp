#include "harness/input/text_parts.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(FirstLineTest, EndsBeforeTheLineEnd) {
  EXPECT_EQ(FirstLine("31\nport=310\n"), "31");
  EXPECT_EQ(FirstLine("31"), "31");
  EXPECT_EQ(FirstLine("\n31"), "");
  EXPECT_EQ(FirstLine(""), "");
}

TEST(LowerTest, LeavesOtherBytesAsTheyAre) { EXPECT_EQ(Lower("Zürich-2"), "zürich-2"); }

TEST(ReplaceAllTest, ReplacesEachButNotInWhatItPutIn) {
  std::string text = "{a} and {a}";
  ReplaceAll(text, "{a}", "x{a}");
  EXPECT_EQ(text, "x{a} and x{a}");
  ReplaceAll(text, "{b}", "y");
  EXPECT_EQ(text, "x{a} and x{a}");
}

TEST(FirstLineTest, CountsAgreeWithTheirNoun) {
  EXPECT_EQ(CountText(1, "start"), "1 start");
  EXPECT_EQ(CountText(0, "start"), "0 starts");
}

}  // namespace
}  // namespace pidfall
