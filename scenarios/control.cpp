// Asking and stopping: the commands that people and scripts run beside a server.
#include <string>

#include "harness/faults/pid_file.h"
#include "harness/faults/recycle.h"
#include "harness/stage/commands.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

// Of the LSB's `status`.
constexpr int kRuns = 0;
constexpr int kDeadWithFile = 1;
constexpr int kNotRunning = 3;

int AskStatus(Stage& stage) { return RunCommand(stage, stage.target().status_command).status; }

// That it runs is a promise; which word there is for the rest, a convention.
void ExpectNotRunning(Stage& stage, int convention, const std::string& although) {
  const int status = AskStatus(stage);
  Require(status != kRuns, "C16", "the status command says that it runs, although " + although);
  Prefer(stage, status == convention, "C16",
         "the status command ends with " + std::to_string(status) + ", and not as the LSB " +
             "has it with " + std::to_string(convention) + ", when " + although);
}

void StatusAnswers(Stage& stage) {
  ExpectNotRunning(stage, kNotRunning, "nothing was ever started");
  Instance& owner = stage.StartOwner();
  const int status = AskStatus(stage);
  Require(status == kRuns, "C16",
          "the status command ends with " + std::to_string(status) + " while one serves");
  stage.KillTree(owner);
  ExpectNotRunning(stage, PidFile(stage).exists ? kDeadWithFile : kNotRunning,
                   "the owner was killed");
}

void AskAndCompare(Stage& stage, const std::string& when) {
  const auto before = StatesOfFiles(stage);
  AskStatus(stage);
  ExpectFilesUnchanged(stage, before, "C16", "a status command, " + when);
}

void StatusChangesNothing(Stage& stage) {
  AskAndCompare(stage, "with nothing there");
  Instance& owner = stage.StartOwner();
  AskAndCompare(stage, "while one serves");
  ExpectOneOwner(stage, owner);
  stage.KillTree(owner);
  AskAndCompare(stage, "after the owner was killed");
  ExpectServes(stage, stage.Start(), "C16", "only the state was asked for");
}

void StatusRecycledPid(Stage& stage) {
  const Bystander& stranger = GiveToStranger(stage, LeaveFileBehind(stage));
  const int status = AskStatus(stage);
  ExpectUntouched(stranger, "C16");
  Require(status != kRuns, "C16", "the status command takes a stranger for the owner");
}

constexpr int kStarts = 200;
constexpr Duration kStartsBound = std::chrono::seconds(20);  // for those that start slowly

// One after another, and something asks all the while.
void StartBesideStatus(Stage& stage) {
  const auto deadline = std::chrono::steady_clock::now() + kStartsBound;
  const Evidence::Hush hush(stage.evidence());
  for (int i = 0; i < kStarts && std::chrono::steady_clock::now() < deadline; ++i) {
    Instance& server = stage.Start();
    ExpectServes(stage, server, "C16", "nothing but a status command ran beside it");
    stage.KillTree(server);
  }
}

void StatusBesideStarts(Stage& stage) {
  const Child asking = RepeatCommand(stage, stage.target().status_command);
  stage.Did("start and kill it 200 times");
  StartBesideStatus(stage);
  SendSignal(asking, SIGKILL);
  Reap(asking);
}

void RunStop(Stage& stage, pid_t group = 0) {
  RunCommand(stage, stage.target().stop_command, group);
}

void StopCommand(Stage& stage) {
  Instance& owner = stage.StartOwner();
  RunStop(stage);
  Require(stage.Gone(owner, kStopBound), "C16", "the owner runs on 2 s after the stop command");
  ExpectServes(stage, stage.Start(), "C12", "the owner was stopped by its own command");
}

void StopRecycledPid(Stage& stage) {
  const Bystander& stranger = GiveToStranger(stage, LeaveFileBehind(stage));
  RunStop(stage);
  ExpectUntouched(stranger, "C16");
}

void StopOverwrittenFile(Stage& stage) {
  stage.StartOwner();
  const Bystander& stranger = stage.StartBystander({});
  WritePidFile(stage, std::to_string(stranger.pid()) + "\n");
  RunStop(stage);
  ExpectUntouched(stranger, "C16");
}

// The command is run in the bystander's group: that is whom 0 means.
void ExpectHarmless(Stage& stage, const Bystander& fellow, const std::string& content) {
  WritePidFile(stage, content);
  RunStop(stage, fellow.pid());
  ExpectUntouched(fellow, "C16");
}

void StopZero(Stage& stage) { ExpectHarmless(stage, stage.StartBystander({}), "0"); }

// -1 means every process of the machine, unless it has a pid namespace of its own.
void StopNegative(Stage& stage) {
  const Bystander& fellow = stage.StartBystander({});
  if (stage.world().full) ExpectHarmless(stage, fellow, "-1");
  ExpectHarmless(stage, fellow, std::to_string(-fellow.pid()));
}

void StopGarbage(Stage& stage) {
  const Bystander& fellow = stage.StartBystander({});
  for (const std::string& content :
       {std::string(), std::string("not a pid\n"), std::to_string(fellow.pid()) + "abc"}) {
    ExpectHarmless(stage, fellow, content);
  }
}

constexpr char kKillsAnother[] =
    "A stop or restart script ends another program, or the person's own session "
    "(https://github.com/NLnetLabs/nsd/issues/317).";

constexpr Scenario kFamily[] = {
    {"standby/status-answers", "C16",
     "The status command tells running from killed and never started.",
     "A monitor reports a server that is down as up.", StatusAnswers, part::kStatusCommand},
    {"standby/status-changes-nothing", "C16",
     "The status command, before, beside and after an owner: every file stays as it was.",
     "A monitor removes the file of a server that it could not see.", StatusChangesNothing,
     part::kStatusCommand},
    {"standby/status-recycled-pid", "C16 C4",
     "The file's pid is a stranger's by now: the status command does not say that it runs.",
     "A monitor reports a server that is down as up.", StatusRecycledPid,
     part::kStatusCommand | part::kPidFile},
    {"standby/status-beside-starts", "C16",
     "200 starts while the status command runs in a tight loop: none is refused.",
     "A monitor's question at the wrong moment turns a restart into an outage.", StatusBesideStarts,
     part::kStatusCommand},
    {"stop/command", "C16 C12",
     "The stop command, while an owner serves: it ends, and the next start serves.",
     "The restart script leaves the old version running.", StopCommand,
     part::kPidFile | part::kStopCommand},
    {"stop/command-recycled-pid", "C16",
     "The file's pid is a stranger's by now: the stop command sends it no signal.", kKillsAnother,
     StopRecycledPid, part::kPidFile | part::kStopCommand},
    {"stop/command-overwritten-file", "C16",
     "The live owner's file was overwritten with a stranger's pid: the stranger gets no signal.",
     kKillsAnother, StopOverwrittenFile, part::kPidFile | part::kStopCommand},
    {"stop/command-zero", "C16",
     "The file says 0: the stop command signals nobody, not even its own process group.",
     kKillsAnother, StopZero, part::kPidFile | part::kStopCommand},
    {"stop/command-negative", "C16",
     "The file says -1 or names a group: the stop command signals nobody.", kKillsAnother,
     StopNegative, part::kPidFile | part::kStopCommand},
    {"stop/command-garbage", "C16",
     "The file is empty, holds words, or a pid with letters: the stop command signals nobody.",
     kKillsAnother, StopGarbage, part::kPidFile | part::kStopCommand},
};

}  // namespace

std::span<const Scenario> ControlFamily() { return kFamily; }

}  // namespace pidfall
