#include "harness/observe/numbers.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(NumbersTest, FindsWholeNumbersOnly) {
  EXPECT_TRUE(HasNumber("31", 31));
  EXPECT_TRUE(HasNumber("pid=31\n", 31));
  EXPECT_FALSE(HasNumber("310", 31));
  EXPECT_FALSE(HasNumber("131", 31));
  EXPECT_FALSE(HasNumber("", 31));
}

TEST(NumbersTest, FindsTheOneAfterALongerOne) { EXPECT_TRUE(HasNumber("131 31", 31)); }

TEST(NumbersTest, KeepsTheOtherText) {
  EXPECT_EQ(ReplaceNumber("31\nport=310\nfirst=31", 31, 7), "7\nport=310\nfirst=7");
}

TEST(NumbersTest, TheNewNumberIsNotReplacedAgain) { EXPECT_EQ(ReplaceNumber("3", 3, 3), "3"); }

TEST(NumbersTest, APidIsTakenOutWhereItStandsWhole) {
  EXPECT_EQ(WithoutPid("x.400.4000", 400), "x.{pid}.4000");
  EXPECT_EQ(WithoutPid("400", 400), "{pid}");
  EXPECT_EQ(WithoutPid("1400 400\n", 400), "1400 {pid}\n");
  EXPECT_EQ(WithoutPid("x.pid", 400), "x.pid");
}

}  // namespace
}  // namespace pidfall
