// The owner ends without a chance to clean up, and its children may live on.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "harness/faults/hold.h"
#include "harness/faults/listener_copy.h"
#include "harness/kernel/process.h"
#include "harness/observe/all_listeners.h"
#include "harness/observe/listeners.h"
#include "harness/stage/answers.h"
#include "harness/stage/departure.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

void ExpectRecovery(Stage& stage, const std::string& clause, const std::string& although) {
  Instance& next = stage.Start();
  ExpectServes(stage, next, clause, although);
  ExpectFileNames(stage, next, clause);
}

// A start that asks on the port of the record whether its owner lives may be answered by another
// program.
void RestartBesideStranger(Stage& stage) {
  Instance& owner = stage.StartOwner();
  AwaitOwnersFile(stage);
  const auto listeners = ListenersOf(owner.Processes());
  stage.KillTree(owner);
  if (listeners.empty()) return;
  const Endpoint its_own{.address = listeners.front().address, .port = listeners.front().port};
  const Bystander& stranger = stage.StartBystander({.listen_on = its_own, .answers = true});
  ExpectRecovery(stage, "C3",
                 "the owner was killed, and its port " + std::to_string(its_own.port) +
                     " is another program's by now");
  ExpectUntouched(stranger);
}

void Restart(Stage& stage) {
  stage.KillTree(stage.StartOwner());
  ExpectRecovery(stage, "C3", "the owner was killed by SIGKILL");
  if (!stage.target().port_changes) return;
  stage.EndAll();
  RestartBesideStranger(stage);
}

constexpr Scenario kRestart{
    "kill9/restart", "C3",
    "The owner is killed by SIGKILL: the next start serves, also where the system gave its port to "
    "another program.",
    "After a crash the server stays down until somebody removes the file.", Restart};

void DuringStartUp(Stage& stage) {
  AtEachMoment(stage, [&](int nth) {
    Instance& starting = StartUntil(stage, nth);
    if (!starting.IsHeld()) return false;
    stage.KillTree(starting);
    ExpectRecovery(stage, "C3", "the start before was killed");
    stage.EndAll();
    return true;
  });
}

constexpr Scenario kDuringStartUp{
    "kill9/during-start-up", "C3",
    "A start is killed at each moment of its start-up: the next start serves.",
    "A crash at the wrong instant keeps the server down.", DuringStartUp};

void DuringShutdown(Stage& stage) {
  AtEachMoment(stage, [&](int nth) {
    Instance& ending = stage.StartOwner();
    StopUntil(stage, ending, nth);
    if (!ending.IsHeld()) return false;
    stage.KillTree(ending);
    ExpectRecovery(stage, "C3", "the owner was killed while it ended");
    stage.EndAll();
    return true;
  });
}

constexpr Scenario kDuringShutdown{
    "kill9/during-shutdown", "C3",
    "The owner is killed at each moment of its shutdown: the next start serves.",
    "A supervisor that loses patience keeps the server down.", DuringShutdown};

bool RunsAnotherProgram(const Instance& owner) {
  const auto own = ReadProcess(owner.pid());
  const auto all = owner.Processes();
  return own && std::any_of(all.begin(), all.end(), [&](pid_t pid) {
           const auto info = ReadProcess(pid);
           return info && info->program != own->program;
         });
}

Instance& StartWithChildren(Stage& stage) {
  Instance& owner = stage.StartOwner({.arguments = stage.target().child_arguments});
  Visit(stage);  // then its children have started
  const bool told_to = !stage.target().child_arguments.empty();
  const auto has_child = [&] { return RunsAnotherProgram(owner); };
  if (told_to && !stage.WaitUntil(has_child, Stage::kSettleBound)) {
    throw Broken("the target was told to start a child, and did not");
  }
  return owner;
}

void ChildOutlives(Stage& stage) {
  Instance& owner = StartWithChildren(stage);
  stage.Kill(owner);
  if (owner.Processes().empty()) throw NotApplicable("no child of the target outlives it");
  ExpectNoIdleHolder(stage, owner);
  if (Serves(stage, owner)) throw NotApplicable("what it leaves serves on (kill9/worker-on-port)");
  ExpectRecovery(stage, "C13", "of the killed owner only a child is left, which serves nobody");
}

constexpr Scenario kChildOutlives{
    "kill9/child-outlives", "C13",
    "The owner is killed, a program that it started lives on and serves nobody: the next start "
    "serves.",
    "The child inherited the lock, and the server stays down until somebody finds it.",
    ChildOutlives};

void ExpectAfterWorker(Stage& stage, Instance& next) {
  NeedOwnPort(stage, next);
  if (next.Processes().empty()) return ExpectRecovery(stage, "C3", "the worker is gone, too");
  Require(stage.WaitUntil([&] { return Serves(stage, next); }, Stage::kSettleBound), "C17",
          next.name() + " stood by and did not take over");
}

// The target's own worker: it may end by itself when it notices that its master has ended.
void OwnWorkerOnPort(Stage& stage, Instance& owner) {
  ExpectNoIdleHolder(stage, owner);
  if (stage.WaitUntil([&] { return !Serves(stage, owner); }, kStopBound)) {
    return ExpectRecovery(stage, "C3", "the owner was killed, and its workers have gone");
  }
  Instance& next = stage.Start();
  const Outcome outcome = Settle(stage, next);
  Require(outcome != Outcome::kServes, "C1", next.name() + " serves beside the worker",
          breach_kind::kTwoServe);
  Prefer(stage, outcome == Outcome::kWaits, "C13",
         "a worker of the killed owner keeps the port, and the next start ends");
  stage.KillTree(owner);
  ExpectAfterWorker(stage, next);
}

// Then the next start need not know of a process that has the port, too.
bool SharesItsPort(const Stage& stage, const Instance& owner) {
  const auto all = ListenersOf(owner.Processes());
  return std::any_of(all.begin(), all.end(), [&](const Listener& listener) {
    return listener.port == stage.port() && listener.shares_port;
  });
}

void WorkerOnPort(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Visit(stage);  // then its workers have started
  UniqueFd listener = CopyListener(owner.Processes(), stage.port());
  const bool is_shared = SharesItsPort(stage, owner);
  stage.Kill(owner);
  if (Serves(stage, owner)) {
    listener.Reset();
    return OwnWorkerOnPort(stage, owner);
  }
  if (is_shared) throw NotApplicable("its own workers leave its port (SO_REUSEPORT) with it");
  if (!listener) throw NotApplicable("the kernel gives no copy of its listening socket");
  Bystander& worker = stage.StartBystander({});
  listener.Reset();
  stage.Did("leave the listening socket to the bystander, as to a forked worker");
  Instance& next = stage.Start();
  const bool serves = Settle(stage, next) == Outcome::kServes;
  if (!worker.Signals().empty()) {
    throw NotApplicable(next.name() + " ended the process that had its port");
  }
  Require(!serves, "C1", next.name() + " serves beside a worker that still has the port",
          breach_kind::kTwoServe);
  worker.End();
  ExpectAfterWorker(stage, next);
}

constexpr Scenario kWorkerOnPort{
    "kill9/worker-on-port",
    "C1 C3 C13",
    "The owner is killed, a worker of it still has the port: nobody serves beside it, and when it "
    "goes the next start serves.",
    "Two generations answer on one port, or the restart fails until somebody finds the worker.",
    WorkerOnPort,
    part::kPort};

void Zombie(Stage& stage) {
  Instance& owner = stage.StartOwner();
  if (owner.ended()) throw NotApplicable("in the background the system's init reaps it");
  owner.KeepAsZombie();
  stage.Kill(owner);
  stage.KillTree(owner);
  ExpectRecovery(stage, "C4", "the owner is a zombie");
}

constexpr Scenario kZombie{"kill9/zombie", "C4",
                           "The killed owner stays a zombie: the next start serves.",
                           "A parent that does not reap keeps its server down.", Zombie};

StartOptions Supervised(StartOptions options) {
  options.under = {"/bin/sh", "-c", "\"$@\" & wait $!", "supervisor"};
  return options;
}

Instance& StartUnderShell(Stage& stage) {
  try {
    return stage.StartOwner(Supervised({}));
  } catch (const Broken& broken) {
    throw NotApplicable(std::string("under a shell: ") + broken.what());
  }
}

void SupervisorKilled(Stage& stage) {
  Instance& owner = StartUnderShell(stage);
  // A launcher has ended, and the shell with it: SIGKILL would hit the daemon itself.
  if (owner.ended()) throw NotApplicable("in the background no supervisor waits for the target");
  stage.Kill(owner);
  stage.Did("kill the supervisor of " + owner.name());
  if (!Visit(stage) || !Serves(stage, owner)) {
    throw NotApplicable("the target ends with its supervisor");
  }
  ExpectQuiet(stage, stage.Start(Supervised(Elsewhere(stage))), owner);
  ExpectFileNames(stage, owner, "C6");
}

constexpr Scenario kSupervisorKilled{
    "kill9/supervisor-killed", "C1 C2",
    "The supervisor is killed, the orphan serves on: the new supervisor's copy is quiet.",
    "Two copies serve after every crash of the supervisor.", SupervisorKilled};

// Some servers listen on their main port first, and on the others at the end of the start-up.
AllListeners AllOf(Stage& stage, const Instance& owner) {
  Visit(stage);
  stage.WaitUntil([&] { return AllAtRest(stage); }, kBusyAfter);
  return AllListenersOf(owner.Processes());
}

// A server that closes a connection first leaves its port in TIME_WAIT.
void AskEachPort(Stage& stage, const Instance& owner) {
  stage.Did("ask each of its ports");
  for (const Listener& listener : ListenersOf(owner.Processes())) {
    if (listener.protocol == "tcp") AnswersAt({listener.address, listener.port}, "/");
  }
}

void AllListenersBack(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const AllListeners before = AllOf(stage, owner);
  if (before.count() < 2) throw NotApplicable("the target listens on one address");
  AskEachPort(stage, owner);
  stage.KillTree(owner);
  Instance& next = stage.Start();
  ExpectServes(stage, next, "C3", "the owner was killed by SIGKILL");
  std::vector<std::string> missing;
  const auto served = std::chrono::steady_clock::now();
  stage.WaitUntil(
      [&] {
        missing = Missing(before, AllListenersOf(next.Processes()));
        const Duration since = std::chrono::steady_clock::now() - served;
        return missing.empty() || (since >= kBusyAfter && AllAtRest(stage));
      },
      kSettlesFor);
  Require(missing.empty(), "C3",
          fmt::format("{} serves without {}, which the killed owner had", next.name(),
                      fmt::join(missing, ", ")));
}

constexpr Scenario kAllListenersBack{
    "kill9/all-listeners-back", "C3",
    "An owner that listens on several addresses, and was asked on each, is killed: the next start "
    "listens on all of them.",
    "After a crash the admin socket never comes back, and health checks see nothing of it "
    "(docker-library/mysql#887).",
    AllListenersBack};

constexpr Scenario kFamily[] = {kRestart,        kAllListenersBack, kDuringStartUp,
                                kDuringShutdown, kChildOutlives,    kWorkerOnPort,
                                kZombie,         kSupervisorKilled};

}  // namespace

std::span<const Scenario> Kill9Family() { return kFamily; }

}  // namespace pidfall
