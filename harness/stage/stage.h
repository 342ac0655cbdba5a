// What a scenario acts on: one target, in one sandbox.
//
//   void DeadPid(Stage& stage) {
//     stage.WritePidFile("99999");
//     Instance& server = stage.Start();
//     stage.ExpectServes(server, "C3", "the file named no process");
//   }
//
// Each step and each observation is written down as evidence by itself. No wait here is without a
// bound; a bound that is over throws Broken, unless a clause is about time. Who serves is proved
// by who holds the listening socket, never by the port answering: stopped, hung and orphaned
// processes accept connections too.
#pragma once

#include <signal.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/observe/census.h"
#include "harness/observe/settling.h"
#include "harness/probe/port_claim.h"
#include "harness/run/result.h"
#include "harness/sandbox/sandbox.h"
#include "harness/stage/bystander.h"
#include "harness/stage/call_stepper.h"
#include "harness/stage/folder_watch.h"
#include "harness/stage/instance.h"
#include "harness/stage/outcome.h"
#include "harness/stage/start.h"
#include "harness/target/target.h"

namespace pidfall {

// What stands at a path. Two states are equal when nobody has changed anything.
struct FileState {
  bool exists = false;
  std::string content;
  uint64_t inode = 0;
  mode_t mode = 0;
  uid_t owner = 0;
  int64_t modified_ns = 0;
  bool operator==(const FileState&) const = default;
  std::string Describe() const;
};

FileState ReadState(const std::string& path);

class Stage {
 public:
  Stage(const Target& target, const World& world);

  const Target& target() const { return target_; }
  const World& world() const { return world_; }
  int port() const { return port_; }
  Endpoint endpoint() const { return {target_.address, port_}; }
  int OtherPort();  // nobody else has it while the stage stands
  const std::string& pid_file() const { return pid_file_; }
  std::string OtherPidFile() const { return folder_ + "/other.pid"; }
  // Where the pid file stands; the target's own, empty at first.
  const std::string& folder() const { return folder_; }
  // Where the harness keeps what the target must not see as its own.
  const std::string& back_room() const { return back_room_; }

  // --- what a scenario needs of the sandbox; each throws Skip with its reason
  void NeedFullSandbox(const std::string& what_for) const;
  void NeedSecondUser() const;
  void NeedKernelFile(const std::string& path, const std::string& what_for) const;

  // --- starts
  Instance& Start(const StartOptions& options = {});
  // Waits until it serves. Broken when it does not: nothing stands in its way.
  Instance& StartOwner(const StartOptions& options = {});
  // All are executed, then released at one moment.
  std::vector<Instance*> StartTogether(const std::vector<StartOptions>& options);
  // From the first call that has to do with the safeguard on, each makes so many in turn, and who
  // listens is held until the others are done: the worst of what one moment can be, whatever else
  // the machine does.
  std::vector<Instance*> StartInLockStep(const std::vector<StartOptions>& options, int calls);
  void Release(Instance& held);
  // On another port, where the pid file and not the port makes the instance: two owners then do not
  // depend on whether a port can be had twice.
  StartOptions Elsewhere();

  // --- windows, forced: the target is run call by call, and held right after the `nth` call that
  // did something to its safeguard. Where it has fewer such moments it goes on (IsHeld is false).
  Instance& StartUntil(int nth, FolderEvents events = FolderEvents::kChanges,
                       const StartOptions& options = {});  // counts changes of its folder, listen
  // SIGTERM; counts touches, so that a lock let go by closing its file is seen, and the port's end.
  void StopUntil(Instance& instance, int nth);
  // For the moments 1, 2 and so on, until `at` finds that there is no such moment.
  void AtEachMoment(const std::function<bool(int nth)>& at);
  bool IsHeld(const Instance& instance) const { return steppers_.contains(&instance); }

  // --- waiting
  Outcome Settle(Instance& instance, Duration bound);
  Outcome Settle(Instance& instance) { return Settle(instance, StartBound()); }
  // All of it has ended, what it left in the background included.
  bool Gone(const Instance& instance, Duration bound);
  bool Serves(const Instance& instance) const;
  bool ListensAnywhere(const Instance& instance) const;
  // None: still on its way. One that waits may only be waiting for the next moment.
  std::optional<Outcome> OutcomeNow(Instance& instance);
  // When a start began to look blocked, and how long it had run by then.
  struct Blocked {
    std::chrono::steady_clock::time_point since;
    Duration ran;
  };
  // It waits for more than a moment. To be asked at each look, with how it looks now.
  bool HasBlocked(const Instance& instance, bool looks_blocked,
                  std::optional<Blocked>& so_far) const;
  // Still there after a while, with nothing left to do: how a target without a port serves.
  bool Stays(const Instance& instance);
  // The started process; where that went to the background, the first of what it left.
  std::optional<pid_t> MainProcess(const Instance& instance) const;
  // Those that hold a listening socket on `port` now.
  std::vector<const Instance*> Serving(int port) const;
  std::vector<const Instance*> Serving() const { return Serving(port_); }
  // Somebody answers on the port: then all that is done at a start is done. What, is no matter.
  // A target without a port is taken at its word.
  bool Answers() const;
  // Wakes on output, on ends and at short intervals; false when `bound` is over, which is of the
  // time that the instances were given (given_time.h).
  bool WaitUntil(const std::function<bool()>& condition, Duration bound,
                 Duration longest_look = kLongestLook);
  // See probe/process.h; of each instance.
  std::vector<std::map<pid_t, ProcessorTime>> ProcessorTimes() const;

  // --- faults done to instances
  void Signal(Instance& instance, int signal);  // to the main process
  void Kill(Instance& instance);                // SIGKILL to the main process, and reaped
  void KillTree(Instance& instance);            // and to whatever it left
  void LeaveZombie(Instance& instance);
  void Terminate(Instance& instance) { Signal(instance, SIGTERM); }
  // SIGTERM to all of it, as who ends a service does: a launcher may have left its daemon by then,
  // and a signal to the launcher alone says nothing.
  void TerminateAll(Instance& instance);
  void Stop(Instance& instance);  // SIGTERM, and ended
  void EndAll();                  // SIGKILL to everything the scenario started

  // --- faults done to files
  void WritePidFile(std::string_view content);
  void RemovePidFile();
  // The pid file and what stands beside it under its name: a lock file, say.
  std::vector<std::string> SafeguardFiles() const;
  void RemoveSafeguard();
  void ReplacePidFile(std::string_view content);  // by another file of that name
  void RenameFolder();                            // and an empty one takes its place
  void ShiftFileTimes(std::chrono::seconds shift);
  void ActAs(User user);  // for later starts; the folder becomes theirs
  void ShareFolder();     // the second user may write it as well
  void MakeFolder(const std::string& path);
  void ChangeMode(const std::string& path, mode_t mode);
  void MakeFileForeign(const std::string& path);
  void RemoveForeignFile(const std::string& path);
  // The file of the owner that serves. NotApplicable when it keeps none after all.
  FileState NeedOwnersFile();
  FileState PidFile() const { return ReadState(pid_file_); }
  // Its pid file and the unix sockets that it holds, by their paths.
  std::map<std::string, FileState> FilesOf(const Instance& owner);
  bool PidFileNames(const Instance& instance) const;
  // Many write their pid file only once they serve.
  bool AwaitFile(const std::function<bool()>& is_as_wanted);
  void MountSmallDisk();  // on the folder: 64 KiB
  void FillDisk();
  void FreeDisk();
  void MakeDiskReadOnly();
  void MakeDiskWritable();
  void ShowInstead(const std::string& proc_path, const std::string& content);

  // --- the target's own stop and status commands, run by the shell in the process group `group`
  // (0: one of its own). What one of them signals by mistake does not hit the harness.
  Ending RunCommand(const std::string& command, pid_t group = 0);
  // Again and again, as monitors do, until it is killed.
  Child RepeatCommand(const std::string& command);

  // --- strangers
  Bystander& StartBystander(const BystanderOptions& options);
  void ExpectUntouched(const Bystander& bystander, const std::string& clause = "C5");

  // --- judgement
  // Throws Breach unless `kept`.
  void Require(bool kept, const std::string& clause, const std::string& otherwise);
  // Remembers a weakness unless `kept`, and goes on.
  void Prefer(bool kept, const std::string& clause, const std::string& otherwise);
  void ExpectServes(Instance& instance, const std::string& clause, const std::string& although);
  void ExpectOneOwner(const Instance& owner);
  // C2: refused with the declared status or standing by; the owner as before.
  void ExpectQuiet(Instance& contender, const Instance& owner);
  // C8: ended by itself, with neither success nor the duplicate's status, naming `names` and the
  // error number `cause` in words (0: that is no matter).
  void ExpectFailure(Instance& instance, const std::string& clause, const std::string& names,
                     int cause);
  void ExpectSame(const std::string& path, const FileState& before, const std::string& clause);
  void ExpectUnchanged(const FileState& before, const std::string& clause) {
    ExpectSame(pid_file_, before, clause);
  }
  void ExpectFileNames(const Instance& owner, const std::string& clause);
  bool IsDuplicateStatus(const Ending& ending);

  void Did(const std::string& what) { Note("did " + what); }
  // What is seen again is no news.
  void Saw(const std::string& what) {
    if (evidence_.empty() || evidence_.back() != "saw " + what) Note("saw " + what);
  }
  // Steps that a log of their own tells are no evidence as well.
  void Hush(bool hushed) { hushed_ = hushed; }
  const std::vector<std::string>& evidence() const { return evidence_; }
  struct Finding {
    std::string clause, summary;
  };
  const std::vector<Finding>& weaknesses() const { return weaknesses_; }

  static constexpr Duration kLongestLook = std::chrono::milliseconds(10);
  static constexpr Duration kSettleBound = std::chrono::seconds(10);
  // A start that is blocked for this long, in a call that no timeout ends, is waiting. Blocking in
  // a lock counts at once.
  static constexpr Duration kWaitsAfter = std::chrono::milliseconds(100);
  // Without a port, one that sleeps for this long, whatever wakes it, has nothing left to do.
  static constexpr Duration kSleepsAfter = std::chrono::milliseconds(500);
  // A start that has not got its port tries for a while; after this long it goes on without.
  static constexpr Duration kSettlesFor = std::chrono::seconds(3);
  // Many a start listens before it has done all that may still end it. One that is still busy after
  // this long serves.
  static constexpr Duration kBusyAfter = std::chrono::milliseconds(500);
  static constexpr Duration kDuplicateBound = std::chrono::seconds(2);  // C2
  // One that stands by and looks again and again is known by its going on.
  static constexpr Duration kPollingBound = kDuplicateBound + kSettlesFor;
  static constexpr Duration kStopBound = std::chrono::seconds(2);  // C12

 private:
  Duration StartBound() const { return std::max<Duration>(kSettleBound, target_.start_timeout); }
  uid_t ActingUser() const;
  Places PlacesOf(const StartOptions& options) const;
  std::vector<std::string> Changes(const StartOptions& options) const;
  LaunchOptions LaunchOf(const StartOptions& options, const Places& places, int output,
                         const std::string& name) const;
  Child StartShell(const std::string& script, pid_t group);
  void UpdateAll();
  std::vector<TcpSocket> ListenersOn(int port) const;
  void ReapAdopted();
  void AwaitLauncher(const Instance& instance);
  bool AwaitOwnersFile();
  bool AllAtRest() const;
  bool GoesOnWithout(const Instance& instance) const;
  void StartNeeds();
  bool IsDone(Instance& instance);
  Instance& StartBeforeSafeguard(const StartOptions& options);
  enum class Turn { kTaken, kListens, kSleeps };
  Turn TakeTurn(Instance& instance, int calls);
  void TakeTurns(std::vector<Instance*> stepping, int calls);
  void CollectStepper(const Instance& killed);
  void HoldAt(Instance& instance, CallStepper stepper, const CallStepper::Moment& moment,
              const std::function<bool()>& is_over);
  void Sleepless(Duration interval);
  bool LookUntil(const std::function<bool()>& condition,
                 std::chrono::steady_clock::time_point began, Duration bound,
                 Duration longest_look);
  void Note(const std::string& what) {
    if (!hushed_) evidence_.push_back(what);
  }

  const Target& target_;
  World world_;
  std::string folder_;
  std::string back_room_;
  std::string home_;
  std::string pid_file_;
  std::set<std::string> others_;  // stood beside it before the first start: not the safeguard's
  int port_ = 0;
  std::deque<PortClaim> claims_;
  User acting_as_ = User::kOwn;
  mutable Census census_;
  std::deque<Instance> instances_;
  std::deque<Bystander> bystanders_;
  std::deque<Child> needs_;
  std::map<const Instance*, CallStepper> steppers_;  // of those held in a window
  std::optional<int> first_duplicate_status_;
  bool hushed_ = false;
  std::vector<std::string> evidence_;
  std::vector<Finding> weaknesses_;
};

}  // namespace pidfall
