#include "harness/stage/departure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/kernel/process.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// Arguments: the kind of socket, its place, and what a child does with it that outlives its parent.
constexpr char kServer[] = R"(
use Socket;
my ($kind, $place, $child) = @ARGV;
$^F = 99;  # nothing is closed by exec
my $family = $kind =~ /unix/ ? PF_UNIX : PF_INET;
my $name = $kind =~ /unix/ ? pack_sockaddr_un($place =~ s/^@/\0/r)
                           : sockaddr_in($place, INADDR_LOOPBACK);
my $packets = $kind =~ /udp|packets/;
socket(S, $family, $packets ? SOCK_DGRAM : SOCK_STREAM, 0) or die $!;
bind(S, $name) or die $!;
listen(S, 9) unless $packets;
if (!fork) {
  exec 'sleep', 'infinity' if $child eq 'sleeps';
  for (;;) { $packets ? recv(S, my $packet, 99, 0) : accept(my $client, S) }
}
sleep 1 while 1;
)";

Target Server(const std::string& kind, const std::string& place, const std::string& child) {
  return {.command = {"/usr/bin/perl", "-e", kServer, kind, place, child}};
}

Target OnUdp(const std::string& child) {
  Target target = Server("udp", "{port}", child);
  target.port = 8767;
  target.is_udp = true;
  return target;
}

Target OnUnix(const std::string& kind, const std::string& place, const std::string& child) {
  Target target = Server(kind, place, child);
  target.unix_socket = place;
  return target;
}

// The breach, once the owner was killed.
std::string AfterTheOwner(const Target& target) {
  return OnStage(target, [](Stage& stage) -> std::string {
    Instance& owner = stage.StartOwner();
    const auto has_child = [&] { return owner.Processes().size() == 2; };
    if (!stage.WaitUntil(has_child, Stage::kSettleBound)) return "it has no child";
    stage.Kill(owner);
    try {
      ExpectNoIdleHolder(stage, owner);
    } catch (const Breach& breach) {
      return breach.clause + ": " + breach.what();
    }
    return "none";
  });
}

TEST(DepartureTest, AHelperThatKeepsAUdpPortIsABreach) {
  EXPECT_THAT(AfterTheOwner(OnUdp("sleeps")),
              AllOf(StartsWith("C13: sleep"), HasSubstr("UDP port"), HasSubstr("never reads")));
}

TEST(DepartureTest, AWorkerThatReadsPacketsOfAUdpPortIsNone) {
  EXPECT_EQ(AfterTheOwner(OnUdp("serves")), "none");
}

TEST(DepartureTest, AHelperThatKeepsAnAbstractSocketIsABreach) {
  for (const char* kind : {"unix", "unix packets"}) {
    EXPECT_THAT(AfterTheOwner(OnUnix(kind, "@departure", "sleeps")),
                AllOf(StartsWith("C13: sleep"), HasSubstr("unix socket @departure")))
        << kind;
  }
}

TEST(DepartureTest, AWorkerOfAUnixSocketIsNone) {
  for (const char* kind : {"unix", "unix packets"}) {
    EXPECT_EQ(AfterTheOwner(OnUnix(kind, "@departure", "serves")), "none") << kind;
  }
}

}  // namespace
}  // namespace pidfall
