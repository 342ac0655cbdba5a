// A start while a live owner serves.
#include <sys/stat.h>

#include <string>
#include <vector>

#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

void NamesTheOwner(Stage& stage, const Instance& contender, const Instance& owner) {
  if (!contender.ending()) return;  // it stands by
  stage.Prefer(contender.output().find(std::to_string(owner.pid())) != std::string::npos, "C2",
               "the duplicate does not name the owner's pid " + std::to_string(owner.pid()) +
                   ": it printed \"" + contender.FirstLines() + "\"");
}

void SecondStart(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance& contender = stage.Start();
  stage.ExpectQuiet(contender, owner);
  NamesTheOwner(stage, contender, owner);
}

void TenInARow(Stage& stage) {
  Instance& owner = stage.StartOwner();
  for (int i = 0; i < 10; ++i) stage.ExpectQuiet(stage.Start(), owner);
  stage.ExpectFileNames(owner, "C6");
}

// Whoever serves is the owner; the rest must be quiet about it.
void ExpectOneOf(Stage& stage, const std::vector<Instance*>& together) {
  Instance* owner = nullptr;
  for (Instance* instance : together) {
    if (stage.Settle(*instance) != Outcome::kServes) continue;
    stage.Require(owner == nullptr, "C1", "two of the starts serve");
    owner = instance;
  }
  stage.Require(owner != nullptr, "C3", "none of the starts serves");
  for (Instance* instance : together) {
    if (instance != owner) stage.ExpectQuiet(*instance, *owner);
  }
  stage.ExpectFileNames(*owner, "C6");
}

constexpr int kRounds = 20;
constexpr size_t kContenders = 8;

void EightAtOnce(Stage& stage) {
  for (int round = 0; round < kRounds; ++round) {
    ExpectOneOf(stage, stage.StartTogether(std::vector<StartOptions>(kContenders)));
    stage.EndAll();
    if (stage.target().pid_file) stage.RemovePidFile();
  }
}

void OwnerStopped(Stage& stage) {
  Instance& owner = stage.StartOwner();
  stage.Signal(owner, SIGSTOP);
  Instance& contender = stage.Start();
  stage.Settle(contender);
  stage.Require(!stage.Serves(contender), "C14", "the contender took over from a stopped owner");
  stage.Signal(owner, SIGCONT);
  stage.ExpectOneOwner(owner);
}

void OtherPort(Stage& stage) {
  stage.NeedPidFile();
  stage.NeedPlaceholder("{port}");
  Instance& owner = stage.StartOwner();
  stage.ExpectQuiet(stage.Start({.port = stage.OtherPort()}), owner);
}

void OwnersFileUntouched(Stage& stage) {
  stage.NeedPidFile();
  Instance& owner = stage.StartOwner();
  const FileState before = stage.PidFile();
  stage.ExpectQuiet(stage.Start(), owner);
  stage.ExpectUnchanged(before, "C2");
}

void OutputClosed(Stage& stage) {
  Instance& owner = stage.StartOwner();
  stage.ExpectQuiet(stage.Start({.output = Output::kClosed}), owner);
}

constexpr Scenario kFamily[] = {
    {"duplicate/second-start", "C1 C2",
     "A second start while the owner serves ends quietly or stands by, and names the owner.",
     "Two copies serve, or the supervisor takes a duplicate for a crash.", SecondStart},
    {"duplicate/ten-in-a-row", "C1 C2",
     "Ten starts one after the other: each is refused, and the file still names the owner.",
     "A supervisor that retries wears the safeguard down.", TenInARow},
    {"duplicate/eight-at-once", "C1 C2",
     "Eight starts at the same instant, 20 times: one serves, seven are quiet.",
     "Two cold starts both run: cron, an agent and a person at once.", EightAtOnce},
    {"duplicate/owner-stopped", "C14",
     "The owner is stopped by SIGSTOP: nobody takes over, and waking it makes no second owner.",
     "A debugger or a laptop's sleep makes two owners.", OwnerStopped},
    {"duplicate/other-port", "C1",
     "The same pid file on another port is the same instance: refused.",
     "A changed port starts a second copy on the same data.", OtherPort},
    {"duplicate/owners-file-untouched", "C2",
     "After a duplicate the owner's file has its content, inode, mode and time.",
     "The file names a process that does not serve.", OwnersFileUntouched},
    {"duplicate/output-closed", "C2",
     "A duplicate with descriptors 0 to 2 closed ends with the same status.",
     "A supervisor without a log takes a duplicate for a crash.", OutputClosed},
};

}  // namespace

std::span<const Scenario> DuplicateFamily() { return kFamily; }

}  // namespace pidfall
