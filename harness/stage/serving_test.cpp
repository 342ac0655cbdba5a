#include "harness/stage/serving.h"

#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// Listens on the unix socket or the port `place`; then it, or with "child" only its child, goes on.
constexpr char kListener[] = R"(
use Socket;
my ($place, $who) = @ARGV;
my $is_unix = $place =~ m{/};
unlink $place;
socket(S, $is_unix ? PF_UNIX : PF_INET, SOCK_STREAM, 0) or die $!;
bind(S, $is_unix ? pack_sockaddr_un($place) : sockaddr_in($place, INADDR_LOOPBACK)) or die $!;
listen(S, 9);
if ($who eq 'child') { close S if fork }
accept(my $client, S) while defined fileno S;
sleep 1 while 1;
)";

Target ListensOn(const std::string& place, const std::string& who) {
  return {.command = {"/usr/bin/perl", "-e", kListener, place, who}};
}

Target OnPort(const std::string& who) {
  Target target = ListensOn("{port}", who);
  target.port = 8767;
  return target;
}

bool ComesToServe(Stage& stage, const Instance& instance) {
  return stage.WaitUntil([&] { return Serves(stage, instance); }, Stage::kSettleBound);
}

// It comes to serve with a socket that its first process holds, or only a child of it.
std::string Held(Stage& stage, bool by_first) {
  const Instance& server = stage.Start();
  const auto is_so = [&] {
    return Serves(stage, server) && FirstListens(stage, server) == by_first;
  };
  return stage.WaitUntil(is_so, Stage::kSettleBound) ? "so" : "otherwise";
}

TEST(ServingTest, AStartServesWhicheverOfItsProcessesHoldsTheSocket) {
  EXPECT_EQ(OnStage(OnPort("itself"), [](Stage& stage) { return Held(stage, true); }), "so");
  EXPECT_EQ(OnStage(OnPort("child"), [](Stage& stage) { return Held(stage, false); }), "so");
}

TEST(ServingTest, AStartWithoutThePortDoesNotServe) {
  EXPECT_EQ(OnStage(OnPort("itself"),
                    [](Stage& stage) -> std::string {
                      const Instance& owner = stage.Start();
                      if (!ComesToServe(stage, owner)) return "nobody";
                      const Instance& second = stage.Start({.command = {"/bin/sleep", "1000"}});
                      if (!PortIsTaken(stage, second)) return "the port is free";
                      return Serving(stage).size() == 1 && !Serves(stage, second) ? "one" : "two";
                    }),
            "one");
}

TEST(ServingTest, WithoutAPortAStartServesByStaying) {
  EXPECT_EQ(OnStage({.command = {"/bin/sleep", "1000"}},
                    [](Stage& stage) -> std::string {
                      Instance& server = stage.Start();
                      const bool serves = Serves(stage, server);
                      stage.KillTree(server);
                      return serves && !Serves(stage, server) ? "while it stays" : "";
                    }),
            "while it stays");
}

TEST(ServingTest, OnAUnixSocketTheHolderServes) {
  const std::string name = testing::TempDir() + "pidfall-serving.sock";
  Target target = ListensOn(name, "itself");
  target.unix_socket = name;
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) -> std::string {
                      const Instance& server = stage.Start();
                      if (!ComesToServe(stage, server)) return "nobody";
                      const Instance& other = stage.Start({.command = {"/bin/sleep", "1000"}});
                      return !Serves(stage, other) && SocketsOf(stage, server).size() == 1 ? "one"
                                                                                           : "two";
                    }),
            "one");
}

}  // namespace
}  // namespace pidfall
