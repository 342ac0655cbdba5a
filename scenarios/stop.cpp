// Ending the target by a signal: soon, at any moment of its life, and with nothing in the way of
// the next start. Which status it ends with is written down, not judged: conventions differ.
#include <string>

#include "harness/faults/hold.h"
#include "harness/observe/numbers.h"
#include "harness/probe/http.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

bool FileNames(const Stage& stage, pid_t pid) { return IsPlainNumber(PidFile(stage).content, pid); }

// The signal itself may end it, by default. Any other one is a crash.
bool EndedCleanly(const Ending& ending) {
  return ending.signal == 0 || ending.signal == SIGTERM || ending.signal == SIGINT;
}

void ExpectEnds(Stage& stage, Instance& instance, const std::string& when) {
  const bool gone = stage.Gone(instance, kStopBound);
  Require(gone, "C12",
          instance.name() + (stage.Serves(instance) ? " serves on" : " runs on") +
              " 2 s after the signal that came " + when);
  if (instance.ending()) {
    stage.Saw(instance.name() + " ended with " + instance.ending()->Describe());
    Require(EndedCleanly(*instance.ending()), "C12",
            instance.name() + " crashed with " + instance.ending()->Describe() +
                " on the signal that came " + when);
  }
  Prefer(stage, !stage.target().pid_file || !FileNames(stage, instance.pid()), "C12",
         "the pid file still names " + instance.name() + ", which was ended by a signal " + when);
}

void ExpectNextServes(Stage& stage) {
  ExpectServes(stage, stage.Start(), "C12", "the instance before was ended by a signal");
}

void EndsServing(Stage& stage, int signal) {
  Instance& owner = stage.StartOwner();
  stage.Signal(owner, signal);
  ExpectEnds(stage, owner, "while it served");
  ExpectNextServes(stage);
}

void Sigterm(Stage& stage) { EndsServing(stage, SIGTERM); }
void Sigint(Stage& stage) { EndsServing(stage, SIGINT); }

void Twice(Stage& stage) {
  Instance& owner = stage.StartOwner();
  StopUntil(stage, owner, 1);
  if (!owner.IsHeld()) throw NotApplicable("nothing that it does at its end can be seen");
  stage.Signal(owner, SIGTERM);
  Release(stage, owner);
  ExpectEnds(stage, owner, "again while it ended");
  ExpectNextServes(stage);
}

void ClientConnected(Stage& stage) {
  Instance& owner = stage.StartOwner();
  const UniqueFd client = ConnectTo(stage.endpoint());
  stage.Did("connect a client that says nothing");
  stage.Signal(owner, SIGTERM);
  ExpectEnds(stage, owner, "while a client was connected");
  ExpectNextServes(stage);
}

// Held right after the `nth` thing that it did to its folder or to its port; false: it does fewer.
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

void AsItBeginsToServe(Stage& stage) {
  Instance& starting = stage.Start();
  const auto is_gone = [&] { return starting.ended() && starting.Processes().empty(); };
  stage.WaitUntil([&] { return stage.Serves(starting) || is_gone(); }, Stage::kSettleBound);
  if (!stage.Serves(starting)) throw Broken("the target never served");
  stage.TerminateAll(starting);
  ExpectEnds(stage, starting, "as it began to serve");
  ExpectNextServes(stage);
}

constexpr Scenario kFamily[] = {
    {"stop/sigterm", "C12", "SIGTERM to the owner: it ends within 2 s, and the next start serves.",
     "The supervisor kills it the hard way, and what it left blocks the next start.", Sigterm},
    {"stop/sigint", "C12", "SIGINT (Ctrl-C) to the owner: it ends within 2 s, and the next serves.",
     "A person closes the terminal, and the server stays or leaves a trap.", Sigint},
    {"stop/twice", "C12",
     "A second SIGTERM while it ends: it ends within 2 s, without a crash, and the next start "
     "serves.",
     "The second signal cuts the clean-up short and leaves a trap.", Twice},
    {"stop/client-connected", "C12",
     "SIGTERM while a client that says nothing is connected: it ends within 2 s.",
     "One idle browser keeps the old copy alive, and the restart fails.", ClientConnected,
     part::kPort},
    {"stop/during-start-up", "C12",
     "SIGTERM right after each thing that its start does to its folder or its port: it ends, and "
     "the next start serves.",
     "A half-made safeguard blocks every later start, or an unloaded agent serves on.",
     DuringStartUp},
    {"stop/as-it-begins-to-serve", "C12",
     "SIGTERM at the moment at which it listens: the signal is not lost.",
     "A signal between two set-up steps is lost, and the server serves on.", AsItBeginsToServe},
};

}  // namespace

std::span<const Scenario> StopFamily() { return kFamily; }

}  // namespace pidfall
