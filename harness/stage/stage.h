// The stage of a scenario: one target, in one sandbox.
//
//   void DeadPid(Stage& stage) {
//     WritePidFile(stage, "99999");                                          // faults/pid_file.h
//     Instance& server = stage.Start();
//     ExpectServes(stage, server, "C3", "the file named no process");        // expect.h
//   }
//
// The stage starts, signals, ends and waits. All else is a free function that takes it: the
// judgement (expect.h), the safeguard's files (safeguard_files.h), the faults (harness/faults).
//
// A start *serves* when it holds the listening socket: stopped, hung and orphaned processes accept
// connections too, so an answer proves nothing. A target without a port serves when it *stays*: its
// start-up is complete, and it is alive. A start *waits* when it is *blocked* for more than a
// moment, in a lock or in a call without a timeout.
//
// Each step and each observation is recorded as evidence automatically. Each wait has a bound; a
// bound that is over throws Broken, unless a clause is about time.
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

#include "harness/kernel/port_claim.h"
#include "harness/observe/census.h"
#include "harness/sandbox/sandbox.h"
#include "harness/stage/bystander.h"
#include "harness/stage/evidence.h"
#include "harness/stage/instance.h"
#include "harness/stage/own_folder.h"
#include "harness/stage/start.h"
#include "harness/stage/story_end.h"
#include "harness/target/target.h"

namespace pidfall {

class Stage {
 public:
  // Both outlive it.
  Stage(const Target& target, const World& world);

  const Target& target() const { return target_; }
  const World& world() const { return world_; }
  int port() const { return port_; }
  Endpoint endpoint() const { return {target_.address, port_}; }
  int OtherPort();  // no other program has it while the stage exists
  const std::string& pid_file() const { return pid_file_; }
  // The folder of the pid file; only for the target, empty at first.
  const std::string& folder() const { return folder_; }
  // A file of that name stood there before the first start: it is not the safeguard's.
  bool StoodBefore(const std::string& name) const { return others_.contains(name); }
  // The folder for the harness's files that do not belong to the target.
  const std::string& harness_folder() const { return harness_folder_; }

  // --- starts
  Instance& Start(const StartOptions& options = {});
  // Waits until it serves. What a killed owner left is removed if it prevents that: kill9 judges
  // it. Broken when it does not serve all the same.
  Instance& StartOwner(const StartOptions& options = {});
  // As the target's user, unless the options name one.
  Bystander& StartBystander(BystanderOptions options);
  // The user of later starts that name none.
  void ActAs(User user) { acting_as_ = user; }
  uid_t acting_user() const;
  // The options to start a program like the target: in its folder, as its user, in its environment.
  LaunchOptions LaunchOf(const StartOptions& options, int output, const std::string& name) const;
  const std::deque<Instance>& instances() const { return instances_; }

  // --- ends
  void Signal(Instance& instance, int signal);  // to the main process
  void Kill(Instance& instance);                // SIGKILL to the main process, and reaped
  void KillTree(Instance& instance);            // and to all it left
  // SIGTERM to all of it, as a supervisor does: a launcher may have ended or left its daemon, so a
  // signal to the launcher alone proves nothing.
  void TerminateAll(Instance& instance);
  void Stop(Instance& instance);  // SIGTERM, and ended
  void EndAll();                  // SIGKILL to everything the scenario started

  // --- waiting
  // Wakes on output, on ends and at short intervals; false when `bound` is over, which is of the
  // time that the instances were given (given_time.h).
  bool WaitUntil(const std::function<bool()>& condition, Duration bound,
                 Duration longest_look = kLongestLook);
  // All of it has ended, also the processes that it left in the background.
  bool Gone(const Instance& instance, Duration bound);
  // Reads output and notices ends, as each look of WaitUntil does.
  void Update();
  Census& census() const { return census_; }

  // --- evidence
  Evidence& evidence() { return evidence_; }
  void Did(const std::string& what);
  void Saw(const std::string& what) { evidence_.Saw(what); }

  static constexpr Duration kLongestLook = std::chrono::milliseconds(10);
  static constexpr Duration kSettleBound = std::chrono::seconds(10);

 private:
  Places PlacesOf(const StartOptions& options) const;
  std::vector<std::string> Changes(const StartOptions& options) const;
  void ReapAdopted();
  void StartNeeds();
  bool OthersAreOver() const;
  bool RemoveLeftovers();
  void WaitForActivity(Duration at_most);
  bool LookUntil(const std::function<bool()>& condition,
                 std::chrono::steady_clock::time_point began, Duration bound,
                 Duration longest_look);

  const Target& target_;
  const World& world_;
  std::string folder_;
  std::string harness_folder_;
  std::string home_;
  std::string pid_file_;
  std::set<std::string> others_;  // files beside it before the first start
  std::optional<OwnFolder> own_folder_;
  int port_ = 0;
  std::deque<PortClaim> claims_;
  User acting_as_ = User::kOwn;
  std::optional<uid_t> target_user_;  // of the owner that was started last
  mutable Census census_;
  std::deque<Instance> instances_;
  std::deque<Bystander> bystanders_;
  std::deque<Child> needs_;
  Evidence evidence_;
};

// Of each instance; see stage/instance.h.
std::vector<std::map<pid_t, ProcessorTime>> ProcessorTimesOfAll(const Stage& stage);

}  // namespace pidfall
