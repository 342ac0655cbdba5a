#include "harness/faults/logins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pidfall {
namespace {

using testing::Contains;

TEST(LoginsTest, FoldersAreInTheOneThatIsGiven) {
  const auto logins = OtherLogins("/elsewhere");
  EXPECT_THAT(logins.at(0).variables, Contains("HOME=/elsewhere"));
  EXPECT_THAT(logins.at(1).variables, Contains("XDG_RUNTIME_DIR=/elsewhere"));
}

}  // namespace
}  // namespace pidfall
