// One port, one server: strangers on it, and the ways in which Linux lets two have it at once.
#include <algorithm>
#include <cerrno>
#include <string>

#include "harness/kernel/process.h"
#include "harness/kernel/sockets.h"
#include "harness/observe/cause.h"
#include "harness/observe/hint.h"
#include "harness/observe/message.h"
#include "harness/process/shell.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/said.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr char kIpv6Loopback[] = "::1";
constexpr char kEveryAddress[] = "0.0.0.0";
constexpr Duration kHintBound = std::chrono::seconds(5);

// C8 asks for the port in the message, C10 for its holder.
void ExpectNamed(Stage& stage, const Instance& refused, const Bystander& stranger) {
  const std::string said = SaidBy(stage, refused);
  Prefer(stage, NamesNumber(said, stage.port()), "C8",
         "the message does not name the port " + std::to_string(stage.port()) + ": it printed " +
             refused.Printed());
  const auto info = ReadProcess(stranger.pid());
  const bool named = info && said.find(info->program) != std::string::npos;
  Prefer(stage, named && NamesPid(said, stranger.pid()), "C10",
         "the message does not name the program that has the port (pid " +
             std::to_string(stranger.pid()) + ", " + (info ? info->program : "?") +
             "): it printed " + refused.Printed());
}

bool LacksAnAddress(const Stage& stage, const Instance& server) {
  return !Serves(stage, server) && ServesInPart(stage, server.Processes(), server.port());
}

// Some servers mean to do without an address that they can't have, and say so. A silent one leaves
// it to chance whether a client reaches it or the stranger.
void ExpectLackNamed(Stage& stage, const Instance& server) {
  const std::string port = std::to_string(stage.port());
  const std::string lacks = server.name() + " serves without " + stage.endpoint().address + ":" +
                            port + ", which another program has";
  const std::string said = SaidBy(stage, server);
  const bool is_named = NamesNumber(said, stage.port()) && SaysCause(said, port, EADDRINUSE);
  Require(is_named, "C8", lacks + ", and does not say so: it printed " + server.Printed());
  Prefer(stage, false, "C8", lacks);
}

void ExpectKeptOff(Stage& stage, Instance& server, const Bystander& stranger) {
  Settle(stage, server);
  if (const auto signals = stranger.Signals(); !signals.empty()) {
    throw Breach(
        "C5", server.name() + " took its port from another program, which got " + signals.front());
  }
  if (LacksAnAddress(stage, server)) return ExpectLackNamed(stage, server);
  NeedOwnPort(stage, server);
  ExpectFailure(stage, server, "C8", std::to_string(stage.port()), EADDRINUSE);
  ExpectNamed(stage, server, stranger);
  ExpectUntouched(stranger);
}

bool WasConnectedTo(const Stage& stage) {
  const auto sockets = TcpSocketsOn(stage.port(), TcpState::kListen);
  return std::ranges::any_of(sockets, &TcpSocket::has_unread);
}

// It asks on the port whether it runs already.
void ExpectKeptOffBy(Stage& stage, const Bystander& answering) {
  Instance& server = stage.Start();
  const bool succeeds = Settle(stage, server) == Outcome::kEnded && server.ending() == Ending{};
  Require(!succeeds, "C8",
          server.name() + " took another program's answer on port " + std::to_string(stage.port()) +
              " for its own, and ended with status 0");
  ExpectKeptOff(stage, server, answering);
}

void HeldByStranger(Stage& stage) {
  Bystander& silent = stage.StartBystander({.listen_on = stage.endpoint()});
  ExpectKeptOff(stage, stage.Start(), silent);
  if (!WasConnectedTo(stage)) return;
  silent.End();
  ExpectKeptOffBy(stage, stage.StartBystander({.listen_on = stage.endpoint(), .answers = true}));
}

constexpr Scenario kHeldByStranger{
    "port/held-by-stranger",
    "C8 C10 C5",
    "Another program listens on the port: the start fails, with neither success nor the "
    "duplicate's status, names the port and who has it, and sends no signal there.",
    "A supervisor takes \"somebody else has the port\" for \"it runs already\", and nobody "
    "serves.",
    HeldByStranger,
    part::kPort};

void StrangerGone(Stage& stage) {
  Bystander& stranger = stage.StartBystander({.listen_on = stage.endpoint()});
  Instance& refused = stage.Start();
  Settle(stage, refused);
  if (LacksAnAddress(stage, refused)) throw NotApplicable("the start did not fail");
  NeedOwnPort(stage, refused);
  stranger.End();
  stage.Did("end the bystander");
  Instance& next = stage.Start();
  // A start that stood by, or still tries to bind its port, counts like a new one.
  const auto one_serves = [&] { return Serves(stage, next) || Serves(stage, refused); };
  // A launcher may have ended before its daemon listens.
  const auto is_over = [](const Instance& start) {
    return start.ended() && start.Processes().empty();
  };
  const auto is_decided = [&] { return one_serves() || (is_over(next) && is_over(refused)); };
  stage.WaitUntil(is_decided, Stage::kSettleBound);
  Require(one_serves(), "C8",
          "what a failed start left behind keeps the next one out: it printed " + next.Printed());
}

constexpr Scenario kStrangerGone{
    "port/stranger-gone",
    "C8",
    "A start failed on a stranger's port, the stranger ends: the next start serves.",
    "The files that the failed start left keep every later one out.",
    StrangerGone,
    part::kPort};

// Starts like a separate instance that shares only the port.
StartOptions Unrelated(Stage& stage, const std::string& host = "127.0.0.1") {
  return {.pid_file = OtherPidFile(stage), .host = host};
}

void ExpectPortUnshared(Stage& stage, Instance& second, const Instance& owner) {
  const bool serves = Settle(stage, second) == Outcome::kServes;
  Require(!serves || !Serves(stage, owner), "C10",
          second.name() + " and " + owner.name() + " both serve on port " +
              std::to_string(stage.port()),
          breach_kind::kTwoServe);
  ExpectOneOwner(stage, owner);
}

void SharedByReuseport(Stage& stage) {
  const StartOptions unrelated = Unrelated(stage);
  const Instance& owner = stage.StartOwner();
  ExpectPortUnshared(stage, stage.Start(unrelated), owner);
}

constexpr Scenario kSharedByReuseport{
    "port/shared-by-reuseport",
    "C10",
    "A second start on the same port with another pid file: they never both serve.",
    "SO_REUSEPORT splits the clients between two servers without any error "
    "(https://github.com/ggml-org/llama.cpp/issues/20963).",
    SharedByReuseport,
    part::kPort | part::kOtherPidFile};

void NeedIpv6Loopback() {
  if (!CanListenOnIpv6Loopback()) throw Skip("::1 is missing: IPv6 is switched off here");
}

void LoopbackShadow(Stage& stage) {
  NeedIpv6Loopback();
  const Instance& owner = stage.StartOwner();
  ExpectPortUnshared(stage, stage.Start({.host = kIpv6Loopback}), owner);
}

constexpr Scenario kLoopbackShadow{
    "port/loopback-shadow",
    "C10 C1",
    "The owner serves on 127.0.0.1, a second start is told ::1: Linux would let it, and it is "
    "the same instance.",
    "\"localhost\" reaches one or the other (https://github.com/nodejs/node/issues/14618).",
    LoopbackShadow,
    part::kPort | part::kOtherHost};

void LoopbackShadowUnrelated(Stage& stage) {
  NeedIpv6Loopback();
  const StartOptions unrelated = Unrelated(stage, kIpv6Loopback);
  const Instance& owner = stage.StartOwner();
  ExpectPortUnshared(stage, stage.Start(unrelated), owner);
}

constexpr Scenario kLoopbackShadowUnrelated{
    "port/loopback-shadow-unrelated",
    "C10",
    "The same with another pid file: two servers on one port number of this machine.",
    "\"localhost\" reaches one or the other (https://github.com/nodejs/node/issues/14618).",
    LoopbackShadowUnrelated,
    part::kPort | part::kOtherHost | part::kOtherPidFile};

// Linux refuses this bind by itself (BSD and macOS grant it), unless both ask for SO_REUSEPORT.
void WildcardBesideLoopback(Stage& stage) {
  const StartOptions unrelated = Unrelated(stage, kEveryAddress);
  const Instance& owner = stage.StartOwner();
  ExpectPortUnshared(stage, stage.Start(unrelated), owner);
}

constexpr Scenario kWildcardBesideLoopback{
    "port/wildcard-beside-loopback",
    "C10",
    "The owner serves on 127.0.0.1, a second start is told 0.0.0.0: refused.",
    "The one on 127.0.0.1 hides the other from this machine only.",
    WildcardBesideLoopback,
    part::kPort | part::kOtherHost | part::kOtherPidFile};

// Follows the message's advice, and sees which process it hits.
void FollowHint(Stage& stage, const Instance& adviser, const Bystander& client) {
  const std::string command = HintedCommand(adviser.output());
  ExpectUntouched(client);
  if (command.empty()) throw NotApplicable("the message hints at no command");
  stage.Did("run the hint: " + command);
  const ShellRun done = RunInShell(command, kHintBound);
  stage.Saw("the hint ended with " + done.ending.Describe());
  const auto signals = client.Signals();
  Require(signals.empty(), "C16",
          "the hint \"" + command + "\" sent " + (signals.empty() ? "" : signals.front()) +
              " to a client of the port");
  const bool lacks_a_program = done.output.find("not found") != std::string::npos;
  // A launchd command hits no process on Linux: it is not installed.
  if (lacks_a_program && command.find("lsof") != std::string::npos) {
    throw Skip("the hint needs lsof (install it: apt-get install lsof)");
  }
}

StartOptions InUtf8() { return {.environment = {"LC_ALL=C.UTF-8"}}; }

void DuplicatesHint(Stage& stage) {
  stage.StartOwner();
  const Bystander& client = stage.StartBystander({.connect_to = stage.endpoint()});
  Instance& duplicate = stage.Start(InUtf8());
  if (Settle(stage, duplicate) != Outcome::kEnded) throw NotApplicable("the duplicate stands by");
  FollowHint(stage, duplicate, client);
}

constexpr Scenario kDuplicatesHint{
    "port/duplicates-hint",
    "C16",
    "The command that a duplicate hints at is run while a client is connected: no signal for it.",
    "\"lsof -ti :PORT | xargs kill\" lists the clients too, and kills the browser.",
    DuplicatesHint,
    part::kPort,
    need::kNamespaces};

void ConflictsHint(Stage& stage) {
  stage.StartBystander({.listen_on = stage.endpoint()});
  const Bystander& client = stage.StartBystander({.connect_to = stage.endpoint()});
  Instance& refused = stage.Start(InUtf8());
  Settle(stage, refused);
  FollowHint(stage, refused, client);
}

constexpr Scenario kConflictsHint{
    "port/conflicts-hint",
    "C16",
    "The same for the command hinted at when a stranger has the port.",
    "\"lsof -ti :PORT | xargs kill\" lists the clients too, and kills the browser.",
    ConflictsHint,
    part::kPort,
    need::kNamespaces};

constexpr Scenario kFamily[] = {
    kHeldByStranger,          kStrangerGone,           kSharedByReuseport, kLoopbackShadow,
    kLoopbackShadowUnrelated, kWildcardBesideLoopback, kDuplicatesHint,    kConflictsHint};

}  // namespace

std::span<const Scenario> PortFamily() { return kFamily; }

}  // namespace pidfall
