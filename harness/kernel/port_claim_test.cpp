#include "harness/kernel/port_claim.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

int LowestOfTheKernels() { return std::stoi(ReadFile("/proc/sys/net/ipv4/ip_local_port_range")); }

TEST(PortClaimTest, LiesBelowThePortsThatTheKernelChooses) {
  if (LowestOfTheKernels() < 32768) GTEST_SKIP() << "ip_local_port_range begins below 32768 here";
  EXPECT_LT(PortClaim().port(), LowestOfTheKernels());
}

// So many in a range of 16384 that without claims two would be equal by chance.
TEST(PortClaimTest, TwoClaimsHaveDifferentPorts) {
  constexpr size_t kMany = 800;
  const std::vector<PortClaim> claims(kMany);
  std::set<int> ports;
  for (const PortClaim& claim : claims) ports.insert(claim.port());
  EXPECT_EQ(ports.size(), kMany);
}

}  // namespace
}  // namespace pidfall
