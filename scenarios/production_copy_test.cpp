// A production copy of the server runs on the same port with the same pid file while the suite
// runs: its process, files and connections stay as they are. It is started in a sandbox of its
// own, where its port and path are certainly free.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/kernel/http.h"
#include "harness/kernel/port_claim.h"
#include "harness/kernel/process.h"
#include "harness/kernel/sockets.h"
#include "harness/observe/file_state.h"
#include "harness/run/pool.h"
#include "harness/sandbox/sandbox.h"
#include "harness/stage/stage.h"
#include "harness/target/bundled.h"
#include "scenarios/program.h"

namespace pidfall {
namespace {

constexpr Duration kTellBound = std::chrono::minutes(2);
constexpr Duration kStartBound = std::chrono::seconds(10);
constexpr std::chrono::milliseconds kLook{1};

Target TargetHere() { return BundledTarget(DefaultServer(), "reference"); }

constexpr const char* kLastWords = " is running\n";

using Words = std::vector<std::string>;

struct Production {
  Child child;
  Words command;
  int port = 0;
  std::string folder;
  PortClaim claim;  // of `port`, where the network is not our own

  struct Seen {
    std::set<uint64_t> sockets;
    std::vector<FileState> files;
    bool operator==(const Seen&) const = default;
  };

  Seen Look() const {
    Seen seen{OpenSockets(child.pid), {}};
    for (const char* name : {"server.pid", "server.pid.lock"}) {
      seen.files.push_back(ReadState(folder + "/" + name));
    }
    return seen;
  }
};

bool Listens(int port) { return !TcpSocketsOn(port, TcpState::kListen).empty(); }

Production StartProduction(const World& world) {
  const Target target = TargetHere();
  Production production{.folder = world.folder + "/run"};
  production.port = world.full ? *target.port : production.claim.port();
  mkdir(production.folder.c_str(), 0755);
  production.command = FillIn(target.command, {.port = production.port,
                                               .pid_file = production.folder + "/server.pid",
                                               .host = "127.0.0.1",
                                               .folder = production.folder});
  production.child = Launch({.command = production.command});
  for (Duration waited{}; waited < kStartBound && !Listens(production.port); waited += kLook) {
    if (WaitForEnd(production.child, kLook)) throw std::runtime_error("production has ended");
  }
  return production;
}

// False when the connection is gone, or silent for too long.
bool Answers(int connection) {
  constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  const std::string question = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  if (send(connection, question.data(), question.size(), MSG_NOSIGNAL) < 0) return false;
  std::string answer;
  std::array<char, 1024> chunk{};
  while (!answer.ends_with(kLastWords)) {
    const ssize_t n = recv(connection, chunk.data(), chunk.size(), 0);
    if (n <= 0) return false;
    answer.append(chunk.data(), static_cast<size_t>(n));
  }
  return true;
}

// The server closes a connection that is silent for five seconds; and after five answers.
constexpr std::chrono::seconds kSilence{3};

// True when the client got every answer.
bool KeepAsking(const Child& suite, int connection) {
  bool answered = true;
  while (!WaitForEnd(suite, kSilence)) answered = answered && Answers(connection);
  return answered && Answers(connection);
}

// The bundled servers by `run`, or production's own command by `check`. Few scenarios, so that it
// ends within the fifteen seconds for which the server keeps the connection.
Words ArgumentsOf(const std::string& verb, const Production& production) {
  Words arguments = {verb,         "-v",
                     "--scenario", "stale/dead-pid",
                     "--scenario", "kill9/restart",
                     "--scenario", "ownership/file-removed"};
  const Words guards = {"--guard", "pidfile", "--guard", "reference"};
  if (verb == "run") arguments.insert(arguments.end(), guards.begin(), guards.end());
  if (verb == "run") return arguments;
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), production.command.begin(), production.command.end());
  return arguments;
}

// The harm that the suite did to `production`; empty when none.
std::string RunBeside(const Production& production, const std::string& verb,
                      const std::string& sandbox) {
  const UniqueFd connection = ConnectTo({.port = production.port});
  if (!Answers(connection.get())) return "the client got no answer before";
  const Production::Seen before = production.Look();
  const std::string path = production.folder + "/../output";
  const UniqueFd output = OpenFile(path, O_WRONLY | O_CREAT, 0600);
  const Child suite =
      StartPidfall(ArgumentsOf(verb, production), {"PIDFALL_SANDBOX=" + sandbox}, output.get());
  const bool answered = KeepAsking(suite, connection.get());
  const Ending ending = Reap(suite);
  const std::string said = ReadFile(path);
  // Another test checks whether its verdicts are the expected ones.
  const bool judged = ending.signal == 0 && ending.status <= 1;
  if (!judged) return "the run ended with " + ending.Describe() + said;
  if (sandbox == "full" && said.find(production.folder + "/server.pid") == std::string::npos) {
    return "the run did not use the same pid file: " + said;
  }
  if (WaitForEnd(production.child, Duration::zero())) return "production has ended";
  if (!(production.Look() == before)) return "production's files or connections have changed";
  return answered ? "" : "the client's connection is gone";
}

std::string TellBeside(const std::string& verb, const std::string& sandbox) {
  const auto tell = [&](const World& world) {
    const std::string harm = RunBeside(StartProduction(world), verb, sandbox);
    return harm.empty() ? "untouched" : harm;
  };
  SandboxOptions options = SandboxFor(TargetHere());
  options.holds_sandboxes = true;
  return RunStory({.sandbox = options, .tell = tell, .bound = kTellBound});
}

TEST(ProductionCopyTest, StaysUntouchedBesideAFullSandbox) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  EXPECT_EQ(TellBeside("run", "full"), "untouched");
}

// At its own port and path, as deployed.
TEST(ProductionCopyTest, StaysUntouchedWhileItsCommandIsChecked) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  EXPECT_EQ(TellBeside("check", "full"), "untouched");
}

TEST(ProductionCopyTest, StaysUntouchedBesideAPlainSandbox) {
  EXPECT_EQ(TellBeside("run", "plain"), "untouched");
}

}  // namespace
}  // namespace pidfall
