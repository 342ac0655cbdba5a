#include "harness/input/nearest.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(EditDistance, CountsLettersAddedDroppedAndChanged) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("abc", ""), 3U);
  EXPECT_EQ(EditDistance("abc", "axc"), 1U);
  EXPECT_EQ(EditDistance("abc", "ac"), 1U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
}

TEST(EditDistance, ASwapOfNeighboursIsOneChange) {
  EXPECT_EQ(EditDistance("josn", "json"), 1U);
  EXPECT_EQ(EditDistance("abcd", "badc"), 2U);
  EXPECT_EQ(EditDistance("ca", "abc"), 3U);
}

TEST(Nearest, OfTwoAsNearTheFirstIsTaken) {
  EXPECT_EQ(Nearest("exit-loop", {"parked", "exit0-loop", "exit1-loop"}), "exit0-loop");
  EXPECT_EQ(Nearest("anything", {}), "");
}

TEST(Nearest, WithinAThirdThereIsNoneThatIsFar) {
  EXPECT_EQ(NearestWithinAThird("simple", {"sample", "other"}), "sample");
  EXPECT_EQ(NearestWithinAThird("nope", {"parked", "exit0-loop"}), "");
  EXPECT_EQ(NearestWithinAThird("nope", {}), "");
}

}  // namespace
}  // namespace pidfall
