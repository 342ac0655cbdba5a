#include "harness/observe/all_listeners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MissingTest, APortThatTheNextStartLacksIsNamed) {
  const AllListeners before{.ports = {"127.0.0.1:80", "127.0.0.1:81"}};
  EXPECT_THAT(Missing(before, before), IsEmpty());
  EXPECT_THAT(Missing(before, {.ports = {"127.0.0.1:80", "127.0.0.1:82"}}),
              ElementsAre("127.0.0.1:81"));
}

TEST(MissingTest, AUnixSocketMayHaveAnotherName) {
  const AllListeners before{.unix_sockets = {"/run/a", "/run/b.31"}};
  EXPECT_THAT(Missing(before, {.unix_sockets = {"/run/a", "/run/b.7"}}), IsEmpty());
  EXPECT_THAT(Missing(before, {.unix_sockets = {"/run/a"}}), ElementsAre("/run/b.31"));
}

}  // namespace
}  // namespace pidfall
