#include "harness/faults/listener_copy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/kernel/endpoint.h"
#include "harness/kernel/port_claim.h"

namespace pidfall {
namespace {

TEST(ListenerCopyTest, TheCopyKeepsThePortWhenTheListenerIsClosed) {
  const PortClaim claim;
  const Endpoint place{.port = claim.port()};
  UniqueFd listener = ListenOn(place);
  UniqueFd copy = CopyListener({getpid()}, claim.port());
  ASSERT_TRUE(copy);
  listener.Reset();
  EXPECT_TRUE(ConnectTo(place));
  copy.Reset();
  EXPECT_THROW(ConnectTo(place), std::system_error);
}

TEST(ListenerCopyTest, AProcessThatListensElsewhereGivesNone) {
  const PortClaim claim;
  const PortClaim other;
  const UniqueFd listener = ListenOn({.port = claim.port()});
  EXPECT_FALSE(CopyListener({getpid()}, other.port()));
}

}  // namespace
}  // namespace pidfall
