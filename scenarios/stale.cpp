// Content of the file without a live owner: it never keeps the next start out, and no process is
// signalled because of it. With a live owner, the file's times decide nothing.
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <string>

#include "harness/faults/clock.h"
#include "harness/faults/hold.h"
#include "harness/faults/pid_file.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

// The file holds `content`, no owner lives: the start serves, and the file then names it.
Instance& Recovers(Stage& stage, const std::string& content, const std::string& clause,
                   const std::string& although) {
  if (!content.empty()) NeedTextFile(stage);  // an empty file is what a crash leaves of any format
  WritePidFile(stage, content);
  Instance& server = stage.Start();
  ExpectServes(stage, server, clause, although);
  ExpectFileNames(stage, server, clause);
  return server;
}

// A parser may take a number without a line end for an incomplete one: it is written as the target
// writes it.
std::string Line(const Stage& stage, const std::string& number) {
  return stage.target().file_ends_line ? number + '\n' : number;
}

// Only a plain sandbox shares its numbers with the machine.
void NeedDead(pid_t pid) {
  if (kill(pid, 0) != 0 && errno == ESRCH) return;
  throw Skip("pid " + std::to_string(pid) +
             " is taken on this machine: try again later, or allow " +
             "namespaces (./pidfall doctor says how)");
}

constexpr pid_t kReportsPid = 99999;

void LeftByKilledOwner(Stage& stage) {
  WriteStaleFile(stage, "");
  ExpectServes(stage, stage.Start(), "C3", "the file is a copy of what a killed owner left");
}

void DeadPid(Stage& stage) {
  if (stage.target().file_is_binary) return LeftByKilledOwner(stage);
  NeedDead(kReportsPid);
  Recovers(stage, Line(stage, std::to_string(kReportsPid)), "C3", "no process has the pid 99999");
}

constexpr Scenario kDeadPid{"stale/dead-pid",
                            "C3",
                            "The file names pid 99999, which no process has: the start serves.",
                            "After a crash the server stays down until somebody removes the file.",
                            DeadPid,
                            part::kPidFile};

void Empty(Stage& stage) { Recovers(stage, "", "C5", "an empty file names nobody"); }

constexpr Scenario kEmpty{
    "stale/empty",
    "C5",
    "The file is empty: the start serves.",
    "A crash between create and write blocks every later start (osquery/osquery#2631).",
    Empty,
    part::kPidFile};

void Garbage(Stage& stage) { Recovers(stage, "garbage\n", "C5", "a word names nobody"); }

constexpr Scenario kGarbage{"stale/garbage",
                            "C5",
                            "The file holds a word: the start serves.",
                            "One edit by hand keeps the server down.",
                            Garbage,
                            part::kPidFile};

void Zero(Stage& stage) {
  NeedTextFile(stage);
  WritePidFile(stage, Line(stage, "0"));
  Instance& server = stage.Start({.held = true});
  const Bystander& fellow = stage.StartBystander({.group = server.pid()});
  Release(stage, server);
  ExpectServes(stage, server, "C5", "0 is no process");
  ExpectFileNames(stage, server, "C5");
  ExpectUntouched(fellow);
}

constexpr Scenario kZero{
    "stale/zero",
    "C5",
    "The file says 0: the start serves, and a process of its own group gets no signal.",
    "kill(0) means the caller's own group (thuehlinger/daemons#1).",
    Zero,
    part::kPidFile};

// In a plain sandbox -1 would mean every process of the machine.
void Negative(Stage& stage) {
  const Bystander& somebody = stage.StartBystander({});
  const std::string number = stage.world().full ? "-1" : std::to_string(-somebody.pid());
  Recovers(stage, Line(stage, number), "C5", "a negative number is no process");
  ExpectUntouched(somebody);
}

constexpr Scenario kNegative{"stale/negative",
                             "C5",
                             "The file says -1: the start serves, and a bystander gets no signal.",
                             "kill(-1) means every process that may be signalled.",
                             Negative,
                             part::kPidFile};

void TwentyDigits(Stage& stage) {
  Recovers(stage, Line(stage, std::string(20, '9')), "C5",
           "no process can have a number of 20 digits");
}

constexpr Scenario kTwentyDigits{
    "stale/twenty-digits",
    "C5",
    "The file holds 20 digits: the start serves.",
    "A number that wraps around names another process, or crashes the check.",
    TwentyDigits,
    part::kPidFile};

void OneMebibyte(Stage& stage) {
  constexpr size_t kMebibyte = 1 << 20;
  Recovers(stage, std::string(kMebibyte, 'x'), "C5", "1 MiB of letters names nobody");
}

constexpr Scenario kOneMebibyte{"stale/one-mebibyte",
                                "C5",
                                "The file holds 1 MiB of letters: the start serves.",
                                "A log written over the file keeps the server down.",
                                OneMebibyte,
                                part::kPidFile};

void NulBytes(Stage& stage) {
  constexpr size_t kDigits = 5;
  Recovers(stage, std::string(kDigits, '\0'), "C5", "NUL bytes name nobody");
}

constexpr Scenario kNulBytes{
    "stale/nul-bytes",
    "C5",
    "The file holds NUL bytes: the start serves.",
    "The content that a power loss leaves in a small file keeps the server down.",
    NulBytes,
    part::kPidFile};

void NumberAndLetters(Stage& stage) {
  constexpr pid_t kReportsNumber = 12;
  const Bystander& number = stage.StartBystander({.pid = PidToAskFor(stage, kReportsNumber)});
  Recovers(stage, Line(stage, std::to_string(number.pid()) + "abc"), "C5",
           "a number with letters is no pid");
  ExpectUntouched(number);
}

constexpr Scenario kNumberAndLetters{
    "stale/number-and-letters",
    "C5",
    "The file says 12abc, and a stranger has the pid 12: the start serves, no signal is sent.",
    "The leading digits are the pid of another program.",
    NumberAndLetters,
    part::kPidFile};

void Blanks(Stage& stage) {
  NeedDead(kReportsPid);
  stage.KillTree(Recovers(stage, " \n\t\n", "C5", "blanks name nobody"));
  Recovers(stage, "\n  99999 \n\n", "C5", "no process has the pid 99999");
}

constexpr Scenario kBlanks{"stale/blanks",
                           "C5",
                           "The file holds blanks and empty lines, then a dead pid among them.",
                           "An empty line keeps the server down.",
                           Blanks,
                           part::kPidFile};

bool CanHave(pid_t number) { return std::stoi(ReadFile("/proc/sys/kernel/pid_max")) > number; }

void OwnerOfSevenDigits(Stage& stage) {
  constexpr pid_t kSevenDigits = 1234568;
  if (!stage.world().full || !CanHave(kSevenDigits)) {
    return stage.Saw("no pid of seven digits can be had here");
  }
  Instance& owner = stage.StartOwner({.pid = kSevenDigits});
  ExpectFileNames(stage, owner, "C5");
  ExpectQuiet(stage, stage.Start(Elsewhere(stage)), owner);
}

// A target that reads less than the whole number reads the pid of a live bystander.
void SevenDigits(Stage& stage) {
  constexpr pid_t kFiveDigits = 12345;
  const Bystander& cut = stage.StartBystander({.pid = PidToAskFor(stage, kFiveDigits)});
  const std::string shown = std::to_string(cut.pid());
  const std::string five = (shown + "6789012").substr(0, 7);
  const std::string six = ("000000" + shown).substr(shown.size()) + "7";
  NeedDead(std::stoi(five));
  NeedDead(std::stoi(six));
  stage.KillTree(Recovers(stage, Line(stage, five), "C5", "no process has the pid " + five));
  stage.KillTree(Recovers(stage, Line(stage, six), "C5", "no process has the pid " + six));
  ExpectUntouched(cut);
  OwnerOfSevenDigits(stage);
}

constexpr Scenario kSevenDigitsRow{
    "stale/seven-digits",
    "C5",
    "The file holds a dead pid of seven digits, the first of which are a stranger's pid; then the "
    "owner has one itself.",
    "64-bit kernels count to 4194304: a buffer for five digits reads another program's pid.",
    SevenDigits,
    part::kPidFile};

void LongerContent(Stage& stage) {
  NeedDead(kReportsPid);
  Recovers(stage, "99999\nport=8767\nstarted by an older version\n", "C5",
           "the old content is longer than the new");
}

constexpr Scenario kLongerContent{
    "stale/longer-content",
    "C5",
    "The file holds more than its next owner writes: nothing of it is left afterwards.",
    "The rest of the old content makes the new pid another number.",
    LongerContent,
    part::kPidFile};

void UnderOwner(Stage& stage, std::chrono::seconds shift) {
  Instance& owner = stage.StartOwner();
  ShiftFileTimes(stage, shift);
  Instance& contender = stage.Start(Elsewhere(stage));
  ExpectNotServing(stage, contender, owner, "C15", " because of the file's time");
  ExpectQuiet(stage, contender, owner);
  ExpectFileNames(stage, owner, "C15");
}

constexpr std::chrono::hours kAnHour{1};

void HourOld(Stage& stage) { UnderOwner(stage, -kAnHour); }

constexpr Scenario kHourOld{"stale/hour-old-under-owner",
                            "C15 C1",
                            "The live owner's files are an hour old: a second start is refused.",
                            "A lock that times out lets a second copy in beside a slow one.",
                            HourOld,
                            part::kPidFile};

void FromTheFuture(Stage& stage) { UnderOwner(stage, kAnHour); }

constexpr Scenario kFromTheFuture{
    "stale/from-the-future-under-owner",
    "C15 C1",
    "The live owner's files are from an hour ahead: a second start is refused.",
    "After the clock is set back, a second copy starts.",
    FromTheFuture,
    part::kPidFile};

constexpr Scenario kFamily[] = {kDeadPid,          kEmpty,        kGarbage,        kZero,
                                kNegative,         kTwentyDigits, kOneMebibyte,    kNulBytes,
                                kNumberAndLetters, kBlanks,       kSevenDigitsRow, kLongerContent,
                                kHourOld,          kFromTheFuture};

}  // namespace

std::span<const Scenario> StaleFamily() { return kFamily; }

}  // namespace pidfall
