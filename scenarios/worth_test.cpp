#include "scenarios/worth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pidfall {
namespace {

using testing::ElementsAre;

TEST(WorthTest, TwoOwnersComeBeforeTheRestAndSupervisorsLast) {
  const Scenario tidy{.id = "stop/tidy", .clauses = "C12"};
  const Scenario loop{.id = "loop/one", .clauses = "C1 C11", .policy = "launchd:keepalive"};
  const Scenario recovers{.id = "kill9/restart", .clauses = "C3 C1"};
  const Scenario one{.id = "duplicate/one", .clauses = "C1"};
  EXPECT_THAT(ByWorth({&tidy, &loop, &recovers, &one}), ElementsAre(&one, &recovers, &tidy, &loop));
}

TEST(WorthTest, EqualOnesKeepTheOrderOfTheCatalogue) {
  const Scenario first{.id = "a/first", .clauses = "C2"};
  const Scenario second{.id = "a/second", .clauses = "C2 C1"};
  EXPECT_THAT(ByWorth({&first, &second}), ElementsAre(&first, &second));
}

}  // namespace
}  // namespace pidfall
