// Standing by, taking over, and the status command: never two owners at any instant, and soon a new
// owner.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/faults/hold.h"
#include "harness/faults/pid_file.h"
#include "harness/faults/recycle.h"
#include "harness/kernel/process.h"
#include "harness/stage/commands.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/hand_over.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr char kNobodyServes[] = "The spare copy exists for this moment, and no copy serves.";
constexpr char kTwoServe[] = "Two copies write the same data while one replaces the other.";

void OwnerKilled(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance& waiter = StandBy(stage);
  ExpectOneOwner(stage, owner);
  stage.KillTree(owner);
  ExpectHandOver(stage, owner, waiter);
}

constexpr Scenario kOwnerKilled{
    "standby/owner-killed",
    "C17 C1",
    "The owner is killed while a second start stands by: the standby serves within 5 s, and the "
    "file names it.",
    kNobodyServes,
    OwnerKilled,
    part::kPort | part::kStandby};

// Held right after the `nth` thing that the owner does to its folder or its port as it ends.
bool HandOverAtMoment(Stage& stage, int nth) {
  Instance& owner = stage.StartOwner();
  Instance& waiter = StandBy(stage);
  StopUntil(stage, owner, nth);
  const bool held = owner.IsHeld();
  if (held) {
    Require(Settle(stage, waiter) != Outcome::kServes || !Serves(stage, owner), "C1",
            waiter.name() + " serves while the owner still has its port", breach_kind::kTwoServe);
    Release(stage, owner);
  }
  ExpectHandOver(stage, owner, waiter);
  stage.EndAll();
  return held;
}

void OwnerStopped(Stage& stage) {
  AtEachMoment(stage, [&](int nth) { return HandOverAtMoment(stage, nth); });
}

constexpr Scenario kOwnerStopped{
    "standby/owner-stopped",
    "C17 C1",
    "The owner gets SIGTERM while a second start stands by, and is held at each moment of its end: "
    "at most one serves, and then the standby does, within 5 s.",
    kTwoServe,
    OwnerStopped,
    part::kPort | part::kStandby};

void TwoWaiting(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance* first = &StandBy(stage);
  Instance* second = &StandBy(stage);
  stage.KillTree(owner);
  const auto one_serves = [&] { return Serves(stage, *first) || Serves(stage, *second); };
  Require(stage.WaitUntil(one_serves, kHandOverBound), "C17",
          "neither of the two that stood by took over");
  if (!Serves(stage, *first)) std::swap(first, second);
  const Outcome outcome = Settle(stage, *second);
  ExpectOneOwner(stage, *first);
  if (outcome == Outcome::kEnded && IsDuplicateStatus(stage, *second->ending())) {
    return Prefer(stage, false, "C17",
                  second->name() + " waits no longer, for " + first->name() + " took over");
  }
  Require(outcome == Outcome::kWaits, "C1",
          second->name() + " does not wait on, although " + first->name() + " took over");
  stage.KillTree(*first);
  ExpectHandOver(stage, *first, *second);
}

constexpr Scenario kTwoWaiting{
    "standby/two-waiting",
    "C1 C17",
    "The owner is killed while two starts stand by: one of them serves, the other waits on and is "
    "next.",
    kTwoServe,
    TwoWaiting,
    part::kPort | part::kStandby};

void StoppedWhileWaiting(Stage& stage) {
  Instance& owner = stage.StartOwner();
  AwaitLastWrite(stage);
  const auto before = StatesOfFiles(stage);
  Instance& waiter = StandBy(stage);
  ExpectFilesUnchanged(stage, before, "C2", "one that stands by");
  stage.Signal(waiter, SIGTERM);
  Require(stage.Gone(waiter, kStopBound), "C12",
          waiter.name() + " stands by, and did not end within 2 s after SIGTERM");
  ExpectFilesUnchanged(stage, before, "C6", "one that stood by and was stopped");
  ExpectOneOwner(stage, owner);
  stage.KillTree(owner);
  ExpectServes(stage, stage.Start(), "C3", "the owner is gone");
}

constexpr Scenario kStoppedWhileWaiting{
    "standby/stopped-while-waiting",
    "C12 C2 C6",
    "A second start stands by and gets SIGTERM: it ends within 2 s, and the owner's files are as "
    "before.",
    "The agent is unloaded, and its job hangs until it is killed.",
    StoppedWhileWaiting,
    part::kPort | part::kStandby};

// --- auto: a supervisor's start waits, a person's start ends

struct Starter {
  std::string name;
  std::vector<std::string> environment;
  std::vector<std::string> under = {};
  bool contained = false;
};

// The variables that launchd leaves in a terminal, and that a supervisor above us may have set.
const std::vector<std::string> kNobody = {
    "XPC_SERVICE_NAME=0", "SUPERVISOR_ENABLED=", "INVOCATION_ID=", "SYSTEMD_EXEC_PID="};

constexpr char kAsSystemd[] =
    "INVOCATION_ID=0123456789abcdef0123456789abcdef SYSTEMD_EXEC_PID=$$ exec \"$0\" \"$@\"";
constexpr char kAsParent[] = "\"$0\" \"$@\"; exit $?";

std::vector<Starter> Supervisors(const Stage& stage) {
  // A program's name is that of its link.
  const std::string runsv = stage.harness_folder() + "/runsv";
  std::filesystem::create_symlink("/bin/sh", runsv);
  std::vector<Starter> all = {
      {"launchd", {"XPC_SERVICE_NAME=com.example.server"}},
      {"systemd", {}, {"/bin/sh", "-c", kAsSystemd}},
      {"supervisord", {"SUPERVISOR_ENABLED=1", "SUPERVISOR_PROCESS_NAME=server"}},
      {"runit", {}, {runsv, "-c", kAsParent}},
  };
  if (stage.world().full) all.push_back({.name = "a container", .contained = true});
  return all;
}

Instance& StartBy(Stage& stage, const Starter& starter) {
  StartOptions options = Elsewhere(stage);
  options.arguments = stage.target().auto_arguments;
  options.environment = starter.environment;
  for (const std::string& variable : kNobody) {
    const std::string name = variable.substr(0, variable.find('=') + 1);
    const bool set = std::any_of(options.environment.begin(), options.environment.end(),
                                 [&](const auto& own) { return own.starts_with(name); });
    if (!set) options.environment.push_back(variable);
  }
  options.under = starter.under;
  options.contained = starter.contained;
  stage.Did("start one as " + starter.name + " does");
  return stage.Start(options);
}

void SupervisorWaits(Stage& stage) {
  Instance& owner = stage.StartOwner();
  for (const Starter& starter : Supervisors(stage)) {
    Instance& contender = StartBy(stage, starter);
    ExpectQuiet(stage, contender, owner);
    Require(!contender.Processes().empty(), "C17",
            "started by " + starter.name + ", it ended instead of standing by");
    stage.KillTree(contender);
  }
}

constexpr Scenario kSupervisorWaits{
    "standby/supervisor-waits",
    "C17",
    "In auto mode, a start under launchd, systemd, supervisord, runit or in a container stands by.",
    "A job that ends at once is started again for ever, or given up.",
    SupervisorWaits,
    part::kAuto};

void PersonEnds(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance& contender = StartBy(stage, {.name = "a person"});
  ExpectQuiet(stage, contender, owner);
  Require(contender.ended(), "C17", "started by a person, it stands by and says no more");
}

constexpr Scenario kPersonEnds{"standby/person-ends",
                               "C17",
                               "In auto mode, a start by a person ends.",
                               "A person's second copy sits in the terminal and seems to serve.",
                               PersonEnds,
                               part::kAuto};

// --- taking over

Instance& TakeOver(Stage& stage) {
  return StartElsewhere(stage, stage.target().take_over_arguments);
}

void TakeOverRunning(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance& next = TakeOver(stage);
  ExpectHandOver(stage, owner, next);
  Require(stage.Gone(owner, kStopBound), "C17", "the owner did not end");
  ExpectOneOwner(stage, next);
}

constexpr Scenario kTakeOverRunning{
    "standby/take-over",
    "C17 C1",
    "A start is told to take over: the owner ends, and the start serves within 5 s, never both.",
    kTwoServe,
    TakeOverRunning,
    part::kPort | part::kTakeover};

// When it waits, it has already asked the owner to end.
void AwaitItsWaiting(Stage& stage, const Instance& next) {
  constexpr Duration kAtMost = std::chrono::milliseconds(500);
  Settling settling = SettlingOn(stage);
  stage.WaitUntil([&] { return See(stage, next, settling).settled().has_value(); }, kAtMost);
}

void TakeOverStopped(Stage& stage) {
  Instance& owner = stage.StartOwner();
  stage.Signal(owner, SIGSTOP);
  Instance& next = TakeOver(stage);
  AwaitItsWaiting(stage, next);
  Require(!Serves(stage, next) || !Serves(stage, owner), "C1",
          next.name() + " serves while the owner, which is stopped, has not ended");
  stage.Signal(owner, SIGCONT);
  ExpectHandOver(stage, owner, next);
}

constexpr Scenario kTakeOverStopped{
    "standby/take-over-stopped",
    "C1 C17",
    "The owner is stopped by SIGSTOP when a second start is told to take over: the new start "
    "serves only after the owner was woken and has ended.",
    kTwoServe,
    TakeOverStopped,
    part::kPort | part::kTakeover};

void TakeOverStranger(Stage& stage) {
  NeedTextFile(stage);
  Instance& owner = stage.StartOwner();
  const Bystander& stranger = stage.StartBystander({});
  WritePidFile(stage, std::to_string(stranger.pid()) + "\n");
  Instance& next = TakeOver(stage);
  const auto decided = [&] { return next.ended() || Serves(stage, next); };
  stage.WaitUntil(decided, kHandOverBound);
  ExpectUntouched(stranger, "C16");
  ExpectOneOwner(stage, Serves(stage, next) ? next : owner);
}

constexpr Scenario kTakeOverStranger{
    "standby/take-over-stranger",
    "C16 C1",
    "The owner's file names a stranger when one is told to take over: the stranger gets no "
    "signal, and one serves.",
    "A restart kills another program.",
    TakeOverStranger,
    part::kPort | part::kPidFile | part::kTakeover};

// --- asking: the status command

// The exit statuses that the LSB gives to `status`.
constexpr int kRuns = 0;
constexpr int kDeadWithFile = 1;
constexpr int kNotRunning = 3;

int AskStatus(Stage& stage) { return RunCommand(stage, stage.target().status_command).status; }

// "Not running" is a promise; the exact status is a convention.
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

constexpr Scenario kStatusAnswers{"standby/status-answers",
                                  "C16",
                                  "The status command tells running from killed and never started.",
                                  "A monitor reports a server that is down as up.",
                                  StatusAnswers,
                                  part::kStatusCommand};

void AskAndCompare(Stage& stage, const std::string& when) {
  AwaitLastWrite(stage);
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

constexpr Scenario kStatusChangesNothing{
    "standby/status-changes-nothing",
    "C16",
    "The status command, before, beside and after an owner: every file stays as it was.",
    "A monitor removes the file of a server that it could not see.",
    StatusChangesNothing,
    part::kStatusCommand};

void StatusRecycledPid(Stage& stage) {
  const Bystander& stranger = GiveToStranger(stage, LeaveFileBehind(stage));
  const int status = AskStatus(stage);
  ExpectUntouched(stranger, "C16");
  Require(status != kRuns, "C16", "the status command takes a stranger for the owner");
}

constexpr Scenario kStatusRecycledPid{
    "standby/status-recycled-pid",
    "C16 C4",
    "The file's pid is a stranger's by now: the status command does not say that it runs.",
    "A monitor reports a server that is down as up.",
    StatusRecycledPid,
    part::kStatusCommand | part::kPidFile};

constexpr int kStarts = 200;
constexpr Duration kStartsBound = std::chrono::seconds(20);  // for slow starts

// Starts one after another, while the status command runs all the time.
void StartBesideStatus(Stage& stage) {
  const auto deadline = std::chrono::steady_clock::now() + kStartsBound;
  const Evidence::Muted muted(stage.evidence());
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

constexpr Scenario kStatusBesideStarts{
    "standby/status-beside-starts",
    "C16",
    "200 starts while the status command runs in a tight loop: none is refused.",
    "A monitor's check at the wrong moment turns a restart into an outage.",
    StatusBesideStarts,
    part::kStatusCommand,
    need::kSeconds};

constexpr Scenario kFamily[] = {kOwnerKilled,         kOwnerStopped,         kTwoWaiting,
                                kStoppedWhileWaiting, kSupervisorWaits,      kPersonEnds,
                                kTakeOverRunning,     kTakeOverStopped,      kTakeOverStranger,
                                kStatusAnswers,       kStatusChangesNothing, kStatusRecycledPid,
                                kStatusBesideStarts};

}  // namespace

std::span<const Scenario> StandbyFamily() { return kFamily; }

}  // namespace pidfall
