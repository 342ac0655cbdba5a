#include "harness/sandbox/users.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace pidfall {
namespace {

std::string Ranges(const std::string& text) {
  std::string words;
  for (const IdRange& range : GrantedRanges(text, "ann", 1000)) {
    words += std::to_string(range.first) + "+" + std::to_string(range.count) + " ";
  }
  return words;
}

TEST(UsersTest, AGrantIsByNameOrByNumber) {
  EXPECT_EQ(Ranges("ann:100000:65536\n"), "100000+65536 ");
  EXPECT_EQ(Ranges("1000:200000:5\n"), "200000+5 ");
  EXPECT_EQ(Ranges("bob:100000:65536\nann:165536:65536\nann:9:1\n"), "165536+65536 9+1 ");
}

TEST(UsersTest, OthersGrantsAreNotOurs) {
  EXPECT_EQ(Ranges("anna:100000:65536\n10000:1:1\n"), "");
  EXPECT_EQ(Ranges(""), "");
}

TEST(UsersTest, AMalformedLineGrantsNothing) {
  EXPECT_EQ(Ranges("ann\nann:\nann:x:1\nann:1\nann:1:\nann:-1:5\nann:1:2:3\nann:99999999999:1\n"),
            "");
}

TEST(UsersTest, OneNumberServesAsUserAndGroup) {
  EXPECT_EQ(FirstInBoth({{100000, 65536}}, {{100000, 65536}}), 100000U);
  EXPECT_EQ(FirstInBoth({{100000, 65536}}, {{150000, 10}}), 150000U);
  EXPECT_EQ(FirstInBoth({{150000, 10}}, {{100000, 65536}}), 150000U);
  EXPECT_EQ(FirstInBoth({{1, 1}, {7, 1}}, {{7, 1}}), 7U);
}

TEST(UsersTest, RangesThatDoNotMeetServeForNothing) {
  EXPECT_FALSE(FirstInBoth({{100, 10}}, {{110, 10}}));
  EXPECT_FALSE(FirstInBoth({{100, 0}}, {{100, 10}}));
  EXPECT_FALSE(FirstInBoth({}, {{100, 10}}));
}

TEST(UsersTest, RootNeedsNoGrant) {
  if (geteuid() != 0) GTEST_SKIP() << "not root";
  EXPECT_FALSE(SubordinateUser());
  EXPECT_EQ(SubordinateObstacle(), "root needs none");
}

}  // namespace
}  // namespace pidfall
