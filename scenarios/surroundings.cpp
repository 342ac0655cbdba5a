// Owner and contender are started in different surroundings, which must not decide which of them is
// the owner.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "harness/faults/logins.h"
#include "harness/faults/namesake.h"
#include "harness/faults/network.h"
#include "harness/faults/pid_file.h"
#include "harness/faults/program_files.h"
#include "harness/faults/tools.h"
#include "harness/faults/users.h"
#include "harness/input/shell_quote.h"
#include "harness/stage/answers.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/impaired_start.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

std::set<std::string> Needed(Stage& stage, std::set<std::string> tools, const std::string& who) {
  if (tools.empty()) throw NotApplicable(who + " runs no other program");
  stage.Saw(fmt::format("{} runs {}", who, fmt::join(tools, ", ")));
  return tools;
}

// On another port, so that the safeguard and not the port refuses it.
Instance& StartIn(Stage& stage, StartOptions world) {
  const StartOptions elsewhere = Elsewhere(stage);
  if (!world.port) world.port = elsewhere.port;
  return stage.Start(world);
}

void ToolMissing(Stage& stage) {
  for (const std::string& tool : Needed(stage, ToolsOfFirstStart(stage), "a first start")) {
    RemoveSafeguard(stage);
    stage.Did("take " + tool + " from the PATH");
    ImpairedStart start(stage, {.clause = "C8",
                                .what = "that tool is missing",
                                .names = tool,
                                .start = {.environment = {PathWithout(stage, tool)}}});
    try {
      start.ExpectFailsClosed();
    } catch (const Breach& breach) {
      throw breach.DueTo("without " + tool + " on the PATH");
    }
    stage.EndAll();
  }
}

constexpr Scenario kToolMissing{
    "surroundings/tool-missing", "C8",
    "A start without one of the programs that it runs (flock, ps, ss) on its PATH serves guarded "
    "or ends as a failure does.",
    "A missing tool looks like \"already running\": no copy starts, and no message says why "
    "(IBM/mcp-context-forge#1011).",
    ToolMissing};

void ToolMissingBesideOwner(Stage& stage) {
  for (const std::string& tool : Needed(stage, ToolsOfContender(stage), "a contender")) {
    Instance& owner = stage.StartOwner();
    stage.Did("take " + tool + " from the PATH");
    Instance& contender = StartIn(stage, {.environment = {PathWithout(stage, tool)}});
    ExpectNotServing(stage, contender, owner, "C1",
                     " when " + tool + " is not on the PATH: without it, the owner counts as gone");
    ExpectOneOwner(stage, owner);
    stage.EndAll();
  }
}

constexpr Scenario kToolMissingBesideOwner{
    "surroundings/tool-missing-beside-owner", "C1",
    "The same beside a live owner: the contender does not serve.",
    "A missing tool looks like \"no copy runs\", and two copies serve "
    "(taofu-labs/tpn-subnet#155).",
    ToolMissingBesideOwner};

Instance& OwnerIn(Stage& stage, const StartOptions& world) {
  Instance& owner = stage.Start(world);
  if (Settle(stage, owner) == Outcome::kServes) return owner;
  throw NotApplicable("it does not serve when it is started so: " + owner.FirstLines());
}

// Refused like a contender in the owner's own surroundings.
void ExpectRefused(Stage& stage, Instance& owner, const StartOptions& world,
                   const std::string& difference) {
  const auto before = FilesOf(stage, owner);
  try {
    ExpectQuiet(stage, StartIn(stage, world), owner);
    for (const auto& [path, state] : before) ExpectUnchanged(stage, path, state, "C2", "it");
  } catch (const Breach& breach) {
    throw breach.DueTo(difference);
  }
}

// The owner is started in `world`, the contender as declared, then the other way round.
void ExpectRefusedBothWays(Stage& stage, const StartOptions& world, const std::string& difference) {
  ExpectRefused(stage, OwnerIn(stage, world), {}, difference);
  stage.EndAll();
  ExpectRefused(stage, stage.StartOwner(), world, difference);
}

void OtherTimeZone(Stage& stage) {
  const std::string furthest_east = "TZ=Pacific/Kiritimati";
  stage.Did("start one of the two with " + furthest_east);
  ExpectRefusedBothWays(stage, {.environment = {furthest_east}},
                        "owner and contender in unlike time zones");
}

constexpr Scenario kOtherTimeZone{
    "surroundings/other-time-zone", "C1 C2",
    "Owner and contender in unlike time zones: refused all the same.",
    "The owner's start time differs under cron and in a shell, and it counts as a stranger "
    "(PrimeIntellect-ai/prime-agent#1607).",
    OtherTimeZone};

// A separate safeguard in each surroundings is no guard; but a contender that the port refuses does
// no harm.
void ExpectNoSecondOwner(Stage& stage, const Instance& owner, const StartOptions& world,
                         const std::string& where) {
  Instance& contender = StartIn(stage, world);
  ExpectKeptOut(stage, contender, owner,
                ", started " + where + ": its safeguard is another one there");
  if (!contender.ended()) stage.KillTree(contender);  // it stands by
}

std::string MadeFolder(Stage& stage, const std::string& name) {
  std::string folder = stage.harness_folder() + "/" + name;
  MakeFolder(stage, folder);
  return folder;
}

void OtherHome(Stage& stage) {
  const std::string folder = MadeFolder(stage, "other-home");
  const Instance& owner = stage.StartOwner();
  for (const Login& login : OtherLogins(folder)) {
    stage.Did("start another copy with " + ShellCommand(login.variables));
    ExpectNoSecondOwner(stage, owner, {.environment = login.variables}, login.how);
  }
}

constexpr Scenario kOtherHome{
    "surroundings/other-home", "C1",
    "A second start with another HOME, TMPDIR, XDG_RUNTIME_DIR or USER does not serve beside the "
    "owner.",
    "A copy started by sudo, cron or a service has a safeguard of its own, and two serve.",
    OtherHome};

void OtherFolder(Stage& stage) {
  const StartOptions there{.command = WithWholePaths(stage.target()),
                           .folder = MadeFolder(stage, "other-folder")};
  stage.Did("start it in the working folder " + there.folder);
  OwnerIn(stage, there);
  stage.EndAll();
  if (stage.target().pid_file) RemoveSafeguard(stage);
  stage.Did("start another copy in the working folder " + there.folder);
  ExpectNoSecondOwner(stage, stage.StartOwner(), there, "in another working folder");
}

constexpr Scenario kOtherFolder{
    "surroundings/other-folder", "C1",
    "A second start in another working folder does not serve beside the owner.",
    "A relative path makes one safeguard for each folder of start (cloudflare/pingora#331).",
    OtherFolder};

void OtherSpelling(Stage& stage) {
  const auto command = WithRelativePaths(stage.target());
  if (command == stage.target().command) throw NotApplicable("its command names no file");
  stage.Did("start another copy by the same files, spelled as relative paths");
  ExpectRefusedBothWays(stage, {.command = command},
                        "the same program by another spelling of its path");
}

constexpr Scenario kOtherSpelling{
    "surroundings/other-spelling", "C1 C2",
    "The same program and files, one start by whole and one by relative paths: refused all the "
    "same.",
    "The supervisor's command differs from a person's, and two copies serve.", OtherSpelling};

void ProgramReplaced(Stage& stage) {
  ProgramFiles files(stage);
  Instance& owner = stage.StartOwner({.command = files.command()});
  files.Replace();
  ExpectRefused(stage, owner, {.command = files.command()},
                "the program's files were replaced under the owner");
}

constexpr Scenario kProgramReplaced{
    "surroundings/program-replaced", "C1 C2",
    "The program's files are replaced by rename under the owner: a second start is refused.",
    "After a package upgrade /proc/PID/exe reads \"(deleted)\", and the owner counts as a "
    "stranger (networkupstools/nut#3021).",
    ProgramReplaced};

// Without its logs, which change in any case.
std::map<std::string, FileState> WithoutLogs(std::map<std::string, FileState> files) {
  std::erase_if(files, [](const auto& one) { return !IsLike(ReadState(one.first), one.second); });
  return files;
}

bool HasAt(const Instance& owner, int descriptor, const std::string& path) {
  return std::ranges::any_of(owner.Processes(), [&](pid_t pid) {
    std::error_code gone;
    const std::string fds = "/proc/" + std::to_string(pid) + "/fd/";
    return fs::read_symlink(fds + std::to_string(descriptor), gone) == path;
  });
}

// The first file of the safeguard whose content is not the usual one; empty: none.
std::string SpoiledFile(const Stage& stage, const std::map<std::string, FileState>& before) {
  for (const auto& [path, state] : StatesOfFiles(stage)) {
    const auto usual = before.find(path);
    if (usual != before.end() && !IsLikeBeginningOf(state, usual->second)) return path;
  }
  return "";
}

// A usual owner, too, comes to write this, once a second say.
bool IsUsualLater(Stage& stage, const std::string& path) {
  constexpr Duration kLater = std::chrono::seconds(3);
  const FileState written = ReadState(path);
  stage.EndAll();
  RemoveSafeguard(stage);
  stage.StartOwner();
  Visit(stage);
  return stage.WaitUntil([&] { return IsLike(ReadState(path), written); }, kLater);
}

void OwnerWithoutDescriptor(Stage& stage) {
  Instance& usual_owner = stage.StartOwner();
  NeedOwnersFile(stage);
  const auto files = StatesOfFiles(stage);
  Visit(stage);  // a request is often logged
  stage.WaitUntil([&] { return AllAtRest(stage); }, kBusyAfter);
  const auto usual = WithoutLogs(files);
  stage.KillTree(usual_owner);
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    RemoveSafeguard(stage);
    Instance& owner = stage.Start({.closed = descriptor});
    stage.Did("start it without descriptor " + std::to_string(descriptor));
    if (!ServesInTime(stage, owner)) continue;  // some spin for ever: they harm nobody
    Visit(stage);
    const std::string spoiled = SpoiledFile(stage, usual);
    const std::string content = ReadState(spoiled).Describe();
    const bool is_written = !spoiled.empty() && HasAt(owner, descriptor, spoiled);
    Require(!is_written || IsUsualLater(stage, spoiled), "C2",
            fmt::format("the owner {}, started without descriptor {}, writes its output into its "
                        "safeguard: {} is {}",
                        owner.name(), descriptor, spoiled, content));
    stage.EndAll();
  }
}

constexpr Scenario kOwnerWithoutDescriptor{
    "surroundings/owner-without-descriptor",
    "C2",
    "Started with one of the descriptors 0 to 2 closed, the owner's output does not go into its "
    "safeguard.",
    "The lock file gets descriptor 1, and the log overwrites the pid in it (bmc/daemonize#34).",
    OwnerWithoutDescriptor,
    part::kPidFile};

// A message in the owner's file is only a weakness if the next start is still kept out.
void ExpectStillGuarded(Stage& stage, const std::string& spoiled, int descriptor) {
  const std::string what = "a contender without descriptor " + std::to_string(descriptor) +
                           " writes its output into the owner's safeguard: " + spoiled + " is " +
                           ReadState(spoiled).Describe();
  Instance& next = StartIn(stage, {});
  Require(Settle(stage, next) != Outcome::kServes, "C2",
          what + ", and the next start serves beside the owner", breach_kind::kTwoServe);
  Prefer(stage, false, "C2", what);
}

void ContenderWithoutDescriptor(Stage& stage) {
  Instance& owner = stage.StartOwner();
  NeedOwnersFile(stage);
  const auto files = StatesOfFiles(stage);
  Settle(stage, stage.Start());
  const auto before = WithoutLogs(files);
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    stage.Did("start another copy without descriptor " + std::to_string(descriptor));
    Settle(stage, stage.Start({.closed = descriptor}));
    ExpectOneOwner(stage, owner);
    const std::string spoiled = SpoiledFile(stage, before);
    if (!spoiled.empty()) return ExpectStillGuarded(stage, spoiled, descriptor);
  }
}

constexpr Scenario kContenderWithoutDescriptor{
    "surroundings/contender-without-descriptor",
    "C2",
    "A second start with one of the descriptors 0 to 2 closed changes nothing of the owner's.",
    "The refused copy's message goes into the owner's pid file.",
    ContenderWithoutDescriptor,
    part::kPidFile};

// A connection from a port to itself succeeds where the kernel may choose that port for the client.
void EphemeralPort(Stage& stage) {
  LeaveOnePortToTheKernel(stage, stage.port());
  Instance& server = stage.Start();
  const Outcome outcome = Settle(stage, server);
  if (outcome == Outcome::kEnded && !IsDuplicateStatus(stage, *server.ending())) {
    throw NotApplicable("it needs an outgoing connection: " + server.FirstLines());
  }
  ExpectServes(stage, server, "C3", "no copy runs: it has connected to itself");
}

constexpr Scenario kEphemeralPort{
    "surroundings/ephemeral-port",
    "C3",
    "The port is one that the kernel gives to outgoing connections: a first start serves.",
    "The start asks its port whether a copy runs, is connected to itself, and refuses to start "
    "(OpenIdentityPlatform/OpenDJ#728).",
    EphemeralPort,
    part::kPort,
    need::kNamespaces};

void ExpectServesBesideNamesake(Stage& stage, Instance& start) {
  ExpectServes(stage, start, "C4", "only another program's command line has the same words");
}

void SameWords(Stage& stage) {
  const auto words = stage.LaunchOf({}, -1, "").command;  // with the port and the paths filled in
  const Child namesake = StartNamesake(stage, words);
  Instance& first = stage.Start();
  ExpectServesBesideNamesake(stage, first);
  const auto own = WordsOfItsOwn(first, words);
  if (own.empty()) return;
  stage.EndAll();
  const bool recovers = Settle(stage, stage.Start()) == Outcome::kServes;
  if (!recovers) return;  // see kill9/restart
  stage.EndAll();
  const Child other_namesake = StartNamesake(stage, own);
  ExpectServesBesideNamesake(stage, stage.Start());
}

constexpr Scenario kSameWords{
    "surroundings/same-words", "C4",
    "Another program's command line has the target's words: a first start serves.",
    "An editor or a log viewer that names the server keeps it down "
    "(dustinkirkland/run-one#1).",
    SameWords};

// The kernel ends most programs by SIGXFSZ, which counts as a failure.
void FileSizeLimit(Stage& stage) {
  stage.Did("forbid it to write any file (RLIMIT_FSIZE 0)");
  Instance& limited = stage.Start({.most_bytes = 0});
  if (Settle(stage, limited) == Outcome::kServes) {
    const bool serves_too = Settle(stage, StartIn(stage, {})) == Outcome::kServes;
    Require(!serves_too || !Serves(stage, limited), "C8",
            "a start that may write no file runs unguarded: a contender serves too",
            breach_kind::kTwoServe);
  }
  stage.EndAll();
  ExpectServes(stage, stage.Start(), "C8", "it may write files again");
}

constexpr Scenario kFileSizeLimit{
    "surroundings/file-size-limit", "C8",
    "A start that may write no file (RLIMIT_FSIZE) serves guarded or fails, and the next one "
    "serves.",
    "The pid file stays empty, and the server runs without a guard.", FileSizeLimit};

constexpr Scenario kFamily[] = {kToolMissing,
                                kToolMissingBesideOwner,
                                kOtherTimeZone,
                                kOtherHome,
                                kOtherFolder,
                                kOtherSpelling,
                                kProgramReplaced,
                                kOwnerWithoutDescriptor,
                                kContenderWithoutDescriptor,
                                kEphemeralPort,
                                kSameWords,
                                kFileSizeLimit};

}  // namespace

std::span<const Scenario> SurroundingsFamily() { return kFamily; }

}  // namespace pidfall
