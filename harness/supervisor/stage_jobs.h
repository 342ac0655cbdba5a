// The real processes of a simulation, on a stage.
//
//   StageJobs jobs(stage, {by_hand, agent});   // how each actor is started
//   SimulationLog log = Simulate(plan, jobs);
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/observe/given_time.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "harness/supervisor/jobs.h"

namespace pidfall {

class StageJobs : public Jobs {
 public:
  StageJobs(Stage& stage, const std::vector<StartOptions>& actors);

  std::chrono::nanoseconds Now() override;
  JobStarted Start(std::size_t actor, const JobStart& how) override;
  void Signal(std::size_t actor, int signal) override;
  std::vector<JobSighting> Look(std::chrono::nanoseconds at_most) override;
  void Write(const std::string& file, const std::string& text) override;
  void Remove(const std::string& file) override;

  // Starts by a supervisor at moments when somebody served, a daemon that it had lost included.
  int StartsBesideAnOwner() const { return starts_beside_an_owner_; }

 private:
  struct Actor {
    StartOptions start;
    Instance* instance = nullptr;  // the present one, or the last
    bool supervised = false;
    Settling settling;                   // of that instance
    std::optional<GivenTime> signalled;  // and not seen to react
  };

  JobSighting Sight(Actor& actor);
  bool MayStillReact(Actor& actor, const JobSighting& sighting);
  JobState StateOf(Actor& actor);
  std::vector<JobSighting> SightAll();
  std::string FileNamed(const std::string& file) const;

  Stage& stage_;
  std::vector<Actor> actors_;
  std::vector<JobSighting> last_;
  bool changed_ = false;
  int starts_beside_an_owner_ = 0;
};

}  // namespace pidfall
