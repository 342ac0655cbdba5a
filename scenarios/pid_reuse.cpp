// The pid in the file, or the clocks that identify its owner, now mean something else.
#include <chrono>
#include <string>

#include "harness/faults/clock.h"
#include "harness/faults/recycle.h"
#include "harness/process/fd.h"
#include "harness/stage/expect.h"
#include "harness/stage/needs.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

std::string PidOnDisk(const Stage& stage) { return "the pid in " + PlaceOfPid(stage.target()); }

void Stranger(Stage& stage) {
  const pid_t number = LeaveFileBehind(stage);
  const Bystander& stranger = GiveToStranger(stage, number);
  ExpectServes(stage, stage.Start(), "C4", PidOnDisk(stage) + " is a stranger's by now");
  ExpectUntouched(stranger);
  stage.EndAll();
  const Child namesake = GiveToNamesake(stage, LeaveFileBehind(stage));
  ExpectServes(stage, stage.Start(), "C4",
               PidOnDisk(stage) + " is by now another program's, whose command line has its words");
  Require(!WaitForEnd(namesake, Duration::zero()), "C5", "it ended another program");
}

constexpr Scenario kStranger{
    "pid-reuse/stranger",
    "C4 C5",
    "A killed owner's pid goes to a stranger, then to one whose command line has its words: the "
    "start serves, the stranger gets no signal.",
    "After a reboot the server stays down because another program has its pid, or the stop "
    "command kills that program.",
    Stranger,
    part::kPidOnDisk};

void Sibling(Stage& stage) {
  const pid_t number = LeaveFileBehind(stage);
  const Instance& sibling = GiveToSibling(stage, number);
  ExpectServes(stage, stage.Start(), "C4",
               "the pid in the file is that of another instance, on other files, by now");
  Require(Serves(stage, sibling), "C4", "the other instance no longer serves");
}

constexpr Scenario kSibling{
    "pid-reuse/sibling",
    "C4",
    "A killed owner's pid goes to another instance of the same program, on its own port and file: "
    "the start serves, and so does the other.",
    "Comparing program names takes one instance for the other; restarting one ends the other.",
    Sibling,
    part::kPidFile | part::kOtherPidFile | part::kOtherPort};

void OwnPid(Stage& stage) {
  const pid_t number = LeaveFileBehind(stage);
  ExpectServes(stage, GiveToStarter(stage, number), "C4", PidOnDisk(stage) + " is its own");
}

constexpr Scenario kOwnPid{
    "pid-reuse/own-pid",
    "C4",
    "The start gets the very pid that the file names: it serves.",
    "In a restarted container the server is pid 1 again and refuses to start beside itself.",
    OwnPid,
    part::kPidOnDisk};

void ThreadId(Stage& stage) {
  const pid_t number = LeaveFileBehind(stage);
  const Bystander& stranger = GiveToThread(stage, number);
  ExpectServes(stage, stage.Start(), "C4", PidOnDisk(stage) + " is a stranger's thread by now");
  ExpectUntouched(stranger);
}

constexpr Scenario kThreadId{
    "pid-reuse/thread-id",
    "C4 C5",
    "A killed owner's pid goes to a thread of a stranger: the start serves, no signal is sent.",
    "kill(2) finds threads as well; the server stays down and the hint kills a stranger.",
    ThreadId,
    part::kPidOnDisk};

// An owner is started before the change; the starts of `later` come after it.
void UnderAnotherClock(Stage& stage, const std::string& clock, const Instance& owner,
                       const FileState& before, const StartOptions& later = {}) {
  Instance& contender = stage.Start(later);
  ExpectNotServing(stage, contender, owner, "C15", " under another " + clock);
  Require(Serves(stage, owner), "C15", "under another " + clock + " the owner lost its place");
  ExpectUnchanged(stage, stage.pid_file(), before, "C15", "a contender");
  ExpectQuiet(stage, contender, owner);
  stage.EndAll();
  ExpectServes(stage, stage.Start(later), "C15", "its owner is gone, under another " + clock);
}

void BootTime(Stage& stage) {
  const Instance& owner = stage.StartOwner();
  const FileState before = PidFile(stage);
  ShowLaterBootTime(stage, std::chrono::hours(1));
  UnderAnotherClock(stage, "btime", owner, before);
}

constexpr Scenario kBootTime{
    "pid-reuse/btime-changed",
    "C15",
    "/proc/stat shows another boot time: the owner stays the owner, then recovery works.",
    "A stepped clock moves btime; start times no longer match, and a second copy starts.",
    BootTime,
    part::kNone,
    need::kNamespaces};

void BootId(Stage& stage) {
  const Instance& owner = stage.StartOwner();
  const FileState before = PidFile(stage);
  ShowInstead(stage, "/proc/sys/kernel/random/boot_id", "2d6ca1a5-0e6b-4b6e-9a3e-6f1f9b0c7d11\n");
  UnderAnotherClock(stage, "boot id", owner, before);
}

constexpr Scenario kBootId{
    "pid-reuse/boot-id-changed",
    "C15",
    "The boot id is another one: the owner stays the owner, then recovery works.",
    "A container with its own boot_id takes the host's owner for one before the last boot.",
    BootId,
    part::kNone,
    need::kNamespaces};

void BootOffset(Stage& stage) {
  NeedKernelFile("/proc/self/ns/time", "another boot-time offset");
  const Instance& owner = stage.StartOwner();
  const FileState before = PidFile(stage);
  UnderAnotherClock(stage, "boot-time offset", owner, before,
                    {.boot_offset = std::chrono::hours(1)});
}

constexpr Scenario kBootOffset{
    "pid-reuse/boot-offset-changed",
    "C15",
    "A contender in a time namespace sees other start times: the owner stays the owner.",
    "A container with another boot offset takes the owner for a recycled pid.",
    BootOffset,
    part::kNone,
    need::kNamespaces};

constexpr Scenario kFamily[] = {kStranger, kSibling, kOwnPid,    kThreadId,
                                kBootTime, kBootId,  kBootOffset};

}  // namespace

std::span<const Scenario> PidReuseFamily() { return kFamily; }

}  // namespace pidfall
