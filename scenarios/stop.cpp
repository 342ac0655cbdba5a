// Ending the target by a signal or by its own stop command: soon, at any moment, and nothing that
// is left blocks the next start. The status with which it ends is recorded, not judged: conventions
// differ.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/faults/hold.h"
#include "harness/faults/pid_file.h"
#include "harness/faults/recycle.h"
#include "harness/kernel/http.h"
#include "harness/kernel/process.h"
#include "harness/kernel/signal_mask.h"
#include "harness/stage/answers.h"
#include "harness/stage/commands.h"
#include "harness/stage/departure.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr char kKillsAnother[] =
    "A stop or restart script ends another program, or the person's own session "
    "(https://github.com/NLnetLabs/nsd/issues/317).";

// The default action of this signal may end it. An end by any other signal is a crash.
bool EndedCleanly(const Ending& ending) {
  return ending.signal == 0 || ending.signal == SIGTERM || ending.signal == SIGINT;
}

bool EndsWhole(Stage& stage, const Instance& instance, const Recipient& recipient) {
  if (!Ends(stage, instance, recipient)) return false;
  ExpectNoIdleHolder(stage, instance);
  return !Serves(stage, instance);
}

std::string WhatGoesOn(const Stage& stage, const Instance& instance,
                       const std::optional<Recipient>& recipient) {
  const std::string goes_on = Serves(stage, instance) ? " serves on" : " runs on";
  const auto left = instance.Living();
  const bool is_daemon = recipient && !left.empty() && recipient->main == left.front().pid;
  if (!instance.ended() || left.empty() || is_daemon) return instance.name() + goes_on;
  return fmt::format("{} ended, and its child {} (pid {}), which the signal did not reach,{}",
                     instance.name(), left.front().program, left.front().pid, goes_on);
}

// `recipient`: where the signal went to one process.
void ExpectEnds(Stage& stage, Instance& instance, const std::string& when,
                const std::optional<Recipient>& recipient = {}) {
  const bool gone =
      recipient ? EndsWhole(stage, instance, *recipient) : stage.Gone(instance, kStopBound);
  Require(gone, "C12",
          WhatGoesOn(stage, instance, recipient) + " 2 s after the signal that came " + when);
  if (instance.ending()) {
    stage.Saw(instance.name() + " ended with " + instance.ending()->Describe());
    Require(EndedCleanly(*instance.ending()), "C12",
            instance.name() + " crashed with " + instance.ending()->Describe() +
                " on the signal that came " + when);
  }
  const pid_t main = recipient ? recipient->main.value_or(instance.pid()) : instance.pid();
  Prefer(stage, !stage.target().pid_file || !PidFileNames(stage, main), "C12",
         "the pid file still names " + instance.name() + ", which was ended by a signal " + when);
}

void ExpectNextServes(Stage& stage) {
  ExpectServes(stage, stage.Start(), "C12", "the instance before was ended by a signal");
}

void EndsServing(Stage& stage, Instance& owner, int signal, const std::string& when) {
  const Recipient recipient = RecipientOf(owner);
  Visit(stage);  // what a request starts may keep the port
  signal == SIGINT ? InterruptGroup(stage, owner) : stage.Signal(owner, signal);
  ExpectEnds(stage, owner, when, recipient);
  ExpectNextServes(stage);
}

void Sigterm(Stage& stage) { EndsServing(stage, stage.StartOwner(), SIGTERM, "while it served"); }

constexpr Scenario kSigterm{
    "stop/sigterm", "C12 C13",
    "SIGTERM to the owner, which has answered a request: it ends within 2 s, nothing that it "
    "started keeps its port, and the next start serves.",
    "The supervisor kills it the hard way, and what it left blocks the next start "
    "(cesanta/mongoose#1302).",
    Sigterm};

// None where one of the processes that serve heeds the signal. Workers mostly ignore it, because
// their master ends them.
std::optional<ProcessInfo> ServerThatIgnores(const Stage& stage, const Instance& owner,
                                             int signal) {
  std::optional<ProcessInfo> found;
  for (const ProcessInfo& process : owner.Living()) {
    if (!Serves(stage, {process.pid}, owner.port())) continue;
    if (!IgnoresSignal(process.pid, signal)) return std::nullopt;
    if (!found) found = process;
  }
  return found;
}

// A daemon has no terminal, and a shell starts its jobs (&) with SIGINT ignored.
// SIGTERM stops the service all the same; but a person at the terminal wonders.
void ExpectEndsOnSigterm(Stage& stage, Instance& owner, const ProcessInfo& ignores) {
  Prefer(
      stage, false, "C12",
      fmt::format("{} (pid {}) ignores SIGINT, and ends on SIGTERM", ignores.program, ignores.pid));
  EndsServing(stage, owner, SIGTERM, "after SIGINT, which it ignores");
}

void Sigint(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const auto ignores = ServerThatIgnores(stage, owner, SIGINT);
  if (!ignores) return EndsServing(stage, owner, SIGINT, "while it served");
  // Its launcher may heed the signal for it.
  const Recipient recipient = RecipientOf(owner);
  InterruptGroup(stage, owner);
  if (!EndsWhole(stage, owner, recipient)) return ExpectEndsOnSigterm(stage, owner, *ignores);
  ExpectEnds(stage, owner, "while it served", recipient);
  ExpectNextServes(stage);
}

constexpr Scenario kSigint{
    "stop/sigint", "C12 C13",
    "SIGINT to the owner and its group (Ctrl-C): it ends within 2 s, or ignores it and ends on "
    "SIGTERM; the next serves.",
    "A person presses Ctrl-C, and the server stays or leaves a trap.", Sigint};

void Twice(Stage& stage) {
  Instance& owner = stage.StartOwner();
  StopUntil(stage, owner, 1);
  if (!owner.IsHeld()) throw NotApplicable("nothing that it does at its end can be seen");
  stage.Signal(owner, SIGTERM);
  Release(stage, owner);
  ExpectEnds(stage, owner, "again while it ended");
  ExpectNextServes(stage);
}

constexpr Scenario kTwice{
    "stop/twice", "C12",
    "A second SIGTERM while it ends: it ends within 2 s, without a crash, and the next start "
    "serves.",
    "The second signal cuts the clean-up short and leaves a trap.", Twice};

void ClientConnected(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const Recipient recipient = RecipientOf(owner);
  const UniqueFd client = ConnectTo(stage.endpoint());
  stage.Did("connect a client that says nothing");
  stage.Signal(owner, SIGTERM);
  ExpectEnds(stage, owner, "while a client was connected", recipient);
  ExpectNextServes(stage);
}

constexpr Scenario kClientConnected{
    "stop/client-connected",
    "C12",
    "SIGTERM while a client that says nothing is connected: it ends within 2 s.",
    "One idle browser keeps the old copy alive, and the restart fails.",
    ClientConnected,
    part::kPort};

// Stops it right after its `nth` change to its folder or port; false: it makes fewer.
bool StopAtMoment(Stage& stage, int nth) {
  Instance& starting = StartUntil(stage, nth);
  if (!starting.IsHeld()) {
    stage.KillTree(starting);
    return false;
  }
  stage.TerminateAll(starting);
  Release(stage, starting);
  ExpectEnds(stage, starting, "at moment " + std::to_string(nth) + " of its start");
  return true;
}

void DuringStartUp(Stage& stage) {
  AtEachMoment(stage, [&](int nth) {
    if (!StopAtMoment(stage, nth)) return false;
    Instance& next = stage.Start();
    ExpectServes(stage, next, "C12", "the instance before was ended by a signal");
    stage.KillTree(next);
    return true;
  });
}

constexpr Scenario kDuringStartUp{
    "stop/during-start-up", "C12",
    "SIGTERM right after each thing that its start does to its folder or its port: it ends, and "
    "the next start serves.",
    "A half-made safeguard blocks every later start, or an unloaded agent serves on.",
    DuringStartUp};

void EndAsItBegins(Stage& stage) {
  Instance& starting = stage.Start();
  const auto is_gone = [&] { return starting.ended() && starting.Processes().empty(); };
  stage.WaitUntil([&] { return Serves(stage, starting) || is_gone(); }, Stage::kSettleBound);
  if (!Serves(stage, starting)) throw Broken("the target never served");
  stage.TerminateAll(starting);
  ExpectEnds(stage, starting, "as it began to serve");
}

// Python and Perl only note a signal in its handler. One that comes in the instant between their
// last look at the notes and the call that waits is seen after that call, and no server in these
// languages can help it. A start that does not see its signals loses two in a row.
void AsItBeginsToServe(Stage& stage) {
  try {
    EndAsItBegins(stage);
  } catch (const Breach& breach) {
    stage.Saw(breach.summary + "; once more");
    stage.EndAll();
    EndAsItBegins(stage);
  }
  ExpectNextServes(stage);
}

constexpr Scenario kAsItBeginsToServe{
    "stop/as-it-begins-to-serve", "C12",
    "SIGTERM at the moment at which it listens: the signal is not lost.",
    "A signal between two set-up steps is lost, and the server serves on.", AsItBeginsToServe};

// --- by its own command

void RunStop(Stage& stage, pid_t group = 0) {
  RunCommand(stage, stage.target().stop_command, group);
}

void StopCommand(Stage& stage) {
  Instance& owner = stage.StartOwner();
  RunStop(stage);
  Require(stage.Gone(owner, kStopBound), "C16", "the owner runs on 2 s after the stop command");
  ExpectServes(stage, stage.Start(), "C12", "the owner was stopped by its own command");
}

constexpr Scenario kStopCommandRow{
    "stop/command",
    "C16 C12",
    "The stop command, while an owner serves: it ends, and the next start serves.",
    "The restart script leaves the old version running.",
    StopCommand,
    part::kPidFile | part::kStopCommand};

void StopRecycledPid(Stage& stage) {
  const Bystander& stranger = GiveToStranger(stage, LeaveFileBehind(stage));
  RunStop(stage);
  ExpectUntouched(stranger, "C16");
}

constexpr Scenario kStopRecycledPid{
    "stop/command-recycled-pid",
    "C16",
    "The file's pid is a stranger's by now: the stop command sends it no signal.",
    kKillsAnother,
    StopRecycledPid,
    part::kPidFile | part::kStopCommand};

void StopOverwrittenFile(Stage& stage) {
  NeedTextFile(stage);
  stage.StartOwner();
  const Bystander& stranger = stage.StartBystander({});
  WritePidFile(stage, std::to_string(stranger.pid()) + "\n");
  RunStop(stage);
  ExpectUntouched(stranger, "C16");
}

constexpr Scenario kStopOverwrittenFile{
    "stop/command-overwritten-file",
    "C16",
    "The live owner's file was overwritten with a stranger's pid: the stranger gets no signal.",
    kKillsAnother,
    StopOverwrittenFile,
    part::kPidFile | part::kStopCommand};

// The command runs in the bystander's process group: kill(0) means that group.
void ExpectHarmless(Stage& stage, const Bystander& fellow, const std::string& content) {
  NeedTextFile(stage);
  WritePidFile(stage, content);
  RunStop(stage, fellow.pid());
  ExpectUntouched(fellow, "C16");
}

void StopZero(Stage& stage) { ExpectHarmless(stage, stage.StartBystander({}), "0"); }

constexpr Scenario kStopZero{
    "stop/command-zero",
    "C16",
    "The file says 0: the stop command signals nobody, not even its own process group.",
    kKillsAnother,
    StopZero,
    part::kPidFile | part::kStopCommand};

// -1 means every process of the machine, unless it has a pid namespace of its own.
void StopNegative(Stage& stage) {
  const Bystander& fellow = stage.StartBystander({});
  if (stage.world().full) ExpectHarmless(stage, fellow, "-1");
  ExpectHarmless(stage, fellow, std::to_string(-fellow.pid()));
}

constexpr Scenario kStopNegative{
    "stop/command-negative",
    "C16",
    "The file says -1 or names a group: the stop command signals nobody.",
    kKillsAnother,
    StopNegative,
    part::kPidFile | part::kStopCommand};

void StopGarbage(Stage& stage) {
  const Bystander& fellow = stage.StartBystander({});
  for (const std::string& content :
       {std::string(), std::string("not a pid\n"), std::to_string(fellow.pid()) + "abc"}) {
    ExpectHarmless(stage, fellow, content);
  }
}

constexpr Scenario kStopGarbage{
    "stop/command-garbage",
    "C16",
    "The file is empty, holds words, or a pid with letters: the stop command signals nobody.",
    kKillsAnother,
    StopGarbage,
    part::kPidFile | part::kStopCommand};

constexpr Scenario kFamily[] = {kSigterm,         kSigint,          kTwice,
                                kClientConnected, kDuringStartUp,   kAsItBeginsToServe,
                                kStopCommandRow,  kStopRecycledPid, kStopOverwrittenFile,
                                kStopZero,        kStopNegative,    kStopGarbage};

}  // namespace

std::span<const Scenario> StopFamily() { return kFamily; }

}  // namespace pidfall
