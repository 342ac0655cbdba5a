// Starting again while connections of the last run are still in TIME_WAIT, a minute on Linux.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>

#include "harness/faults/hold.h"
#include "harness/kernel/http.h"
#include "harness/kernel/sockets.h"
#include "harness/stage/expect.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr Duration kReplyBound = std::chrono::seconds(2);
constexpr Duration kSocketBound = std::chrono::seconds(2);

bool InTimeWait(const Stage& stage) {
  return !TcpSocketsOn(stage.port(), TcpState::kTimeWait).empty();
}

// The side that closes first stays in TIME_WAIT.
bool AwaitTimeWait(Stage& stage) {
  const bool is = stage.WaitUntil([&] { return InTimeWait(stage); }, kSocketBound);
  stage.Saw(std::string(is ? "a" : "no") + " connection of the port in TIME_WAIT");
  return is;
}

void LetServerCloseFirst(Stage& stage) {
  const HttpReply reply = HttpGet(stage.endpoint(), stage.target().health_path, kReplyBound);
  stage.Did("ask for " + stage.target().health_path + " (answer " + std::to_string(reply.status) +
            ")");
  if (!reply.closed_by_server) {
    throw NotApplicable("the target does not close a connection after its answer");
  }
}

// Where network namespaces come and go, the kernel (Linux 6.18) forgets such a connection early,
// once in a thousand times: then a start does not meet it and proves nothing.
void ExpectRestart(Stage& stage, const std::function<void()>& run_before,
                   const std::string& although) {
  constexpr int kTries = 5;
  for (int i = 0; i < kTries; ++i) {
    run_before();
    if (AwaitTimeWait(stage)) ExpectServes(stage, stage.Start(), "C10", although);
    if (InTimeWait(stage)) return;
    stage.EndAll();
  }
  throw Broken("no connection to port " + std::to_string(stage.port()) + " stays in TIME_WAIT");
}

void ServeAnAnswer(Stage& stage) {
  Instance& owner = stage.StartOwner();
  LetServerCloseFirst(stage);
  stage.KillTree(owner);
}

void AfterAnAnswer(Stage& stage) {
  ExpectRestart(
      stage, [&] { ServeAnAnswer(stage); },
      "the port is only in TIME_WAIT, after an answer of the last run");
}

constexpr Scenario kAfterAnAnswer{
    "time-wait/after-an-answer",
    "C10",
    "The server closed a connection first and is restarted at once: it serves.",
    "Every restart under traffic fails for a minute "
    "(https://github.com/ytyou/ticktock/issues/44).",
    AfterAnAnswer,
    part::kPort};

// Accepted, and not only queued by the kernel: a queued one is reset when the server goes.
void AwaitAccepted(Stage& stage) {
  const auto accepted = [&] {
    for (const TcpSocket& socket : TcpSocketsOn(stage.port(), TcpState::kEstablished)) {
      if (socket.inode != 0) return true;
    }
    return false;
  };
  if (!stage.WaitUntil(accepted, kSocketBound)) {
    throw NotApplicable("the target accepts no connection that says nothing");
  }
}

// A client that closes with unread data resets the connection, and there is no TIME_WAIT: SMTP,
// FTP, MySQL, SSH and rsync greet each client.
void ReadGreeting(int client) {
  constexpr int kGreetingBoundMs = 100;
  std::array<char, 4096> greeting;
  pollfd event{client, POLLIN, 0};
  while (poll(&event, 1, kGreetingBoundMs) == 1) {
    if (read(client, greeting.data(), greeting.size()) <= 0) return;
  }
}

void DieWithAClientConnected(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const UniqueFd client = ConnectTo(stage.endpoint());
  stage.Did("connect a client that says nothing");
  AwaitAccepted(stage);
  ReadGreeting(client.get());
  stage.KillTree(owner);
}

void WithAClientConnected(Stage& stage) {
  ExpectRestart(
      stage, [&] { DieWithAClientConnected(stage); },
      "the port is only in TIME_WAIT, after a client of the last run");
}

constexpr Scenario kWithAClientConnected{
    "time-wait/with-a-client-connected",
    "C10",
    "The server is killed while a client is connected and started again at once: it serves.",
    "Every crash under traffic is an outage of a minute.",
    WithAClientConnected,
    part::kPort};

// The fifth edge case of the report: the agent is unloaded while its server starts.
void UnloadWhileStarting(Stage& stage) {
  ServeAnAnswer(stage);
  AwaitTimeWait(stage);
  Instance& starting = StartUntil(stage, 1, Moments::kNewFiles);
  if (!starting.IsHeld()) {
    ExpectServes(stage, starting, "C10", "the port is only in TIME_WAIT");
    throw NotApplicable("its start does nothing that can be seen");
  }
  stage.TerminateAll(starting);
  Release(stage, starting);
  Require(stage.Gone(starting, kStopBound), "C12",
          "a server that was unloaded while it started runs on after 2 s");
}

void UnloadedWhileStarting(Stage& stage) {
  ExpectRestart(
      stage, [&] { UnloadWhileStarting(stage); }, "the server unloaded before it has ended");
}

constexpr Scenario kUnloadedWhileStarting{
    "time-wait/unloaded-while-starting",
    "C10 C12",
    "In TIME_WAIT the server is started, gets SIGTERM while it starts, and is started again.",
    "An agent that is unloaded and loaded again shows a port error, or runs twice.",
    UnloadedWhileStarting,
    part::kPort};

constexpr Scenario kFamily[] = {kAfterAnAnswer, kWithAClientConnected, kUnloadedWhileStarting};

}  // namespace

std::span<const Scenario> TimeWaitFamily() { return kFamily; }

}  // namespace pidfall
