// The real processes of a simulation, on a stage.
//
//   StageJobs jobs(stage, {by_hand, agent});   // how each actor is started
//   SimulationLog log = Simulate(plan, jobs);
//   jobs.Complete(&log, {"{pid_file}"});       // what only the stage can tell
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/observe/given_time.h"
#include "harness/simulation/jobs.h"
#include "harness/simulation/simulation_log.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"

namespace pidfall {

struct StageActor {
  StartOptions start;
  // A process that only writes down its signals, with a second thread.
  bool is_bystander = false;
  bool has_other_port = false;  // that {port} stands for
};

class StageJobs : public Jobs {
 public:
  StageJobs(Stage& stage, const std::vector<StageActor>& actors);

  std::chrono::nanoseconds Now() override;
  std::chrono::nanoseconds LeftOut() const override { return left_out_; }
  JobStarted Start(std::size_t actor, const JobStart& how) override;
  void Signal(std::size_t actor, int signal) override;
  std::vector<JobSighting> Look(std::chrono::nanoseconds at_most) override;
  void Release(std::size_t actor) override;
  void KeepUnreaped(std::size_t actor) override;
  void Forget(std::size_t actor) override;
  void Visit(std::size_t actor) override;
  void EndAll() override;
  void Make(const Change& change) override;
  bool HasSuccessor(std::size_t actor, const std::string& file) override;
  void RemovePidFile(const std::string& file) override;
  void SignalRecorded(const std::string& file, int signal) override;

  // Starts by a supervisor at moments when somebody served, a daemon that it had lost included.
  int StartsBesideAnOwner() const { return starts_beside_an_owner_; }
  // The signals of bystanders, the files, and what could not be done to the letter.
  void Complete(SimulationLog* log, const std::vector<std::string>& files);

 private:
  struct Actor {
    StageActor how;
    Instance* instance = nullptr;  // the present one, or the last
    Bystander* bystander = nullptr;
    bool supervised = false;
    Settling settling;                   // of that instance
    std::optional<GivenTime> signalled;  // and not seen to react
    std::vector<std::string> signals;    // of a bystander that has ended
  };

  JobStarted StartInstance(Actor& actor, const JobStart& how);
  JobStarted StartBystander(Actor& actor, int pid);
  StartOptions OptionsFor(const Actor& actor, const JobStart& how);
  void CheckIsPossible(const StartOptions& start) const;
  JobSighting Sight(Actor& actor);
  void ExpectReaction(Actor& actor);
  bool MayStillReact(Actor& actor, const JobSighting& sighting);
  JobState StateOf(Actor& actor);
  bool AnyOrphanRuns() const;
  std::vector<JobSighting> SightAll();
  void CountLeftOut();
  void EndBystander(Actor& actor);
  std::string Resolved(std::string text) const;
  std::string FileNamed(const std::string& file) const;
  bool IsTargetsPidFile(const std::string& file) const;
  void WriteOver(int number, int live);

  Stage& stage_;
  std::vector<Actor> actors_;
  std::vector<const Instance*> orphans_;
  std::vector<JobSighting> last_;
  bool changed_ = false;
  GivenTime given_;  // since the last look
  std::chrono::nanoseconds given_since_ = Now();
  std::chrono::nanoseconds left_out_{0};
  int starts_beside_an_owner_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace pidfall
