// Actors are looked at one after the other, not at one moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/simulation/jobs.h"
#include "harness/simulation/simulation.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

// Sightings as they are told, one row a look; the last row stays.
class ToldJobs : public Jobs {
 public:
  explicit ToldJobs(std::vector<std::vector<JobSighting>> rows) : rows_(std::move(rows)) {}
  std::chrono::nanoseconds Now() override { return now_ += 1ms; }
  JobStarted Start(std::size_t /*actor*/, const JobStart& /*how*/) override { return {.pid = 1}; }
  void Signal(std::size_t /*actor*/, int /*signal*/) override {}
  std::vector<JobSighting> Look(std::chrono::nanoseconds /*at_most*/) override {
    return rows_.at(std::min(row_++, rows_.size() - 1));
  }

 private:
  std::vector<std::vector<JobSighting>> rows_;
  std::size_t row_ = 0;
  std::chrono::nanoseconds now_{};
};

// The owner is looked at first: it was told to end after that look, and before the look at the
// start which told it and waits. Nothing may be jumped over then.
TEST(Simulation, AnOwnerThatAStartHasJustToldToEndIsLookedAtAgain) {
  const JobSighting busy{.state = JobState::kBusy};
  const JobSighting serves{.state = JobState::kServes};
  const JobSighting waits{.state = JobState::kWaits};
  const JobSighting ends{.state = JobState::kBusy, .still_serves = true};
  const SimulationPlan plan = {.actors = {{"owner", nullptr}, {"start", nullptr}},
                               .events = {{.actor = 0}, {.actor = 1}},
                               .duration = 1h};
  ToldJobs jobs({{busy, busy}, {serves, waits}, {ends, waits}, {{}, serves}});
  const SimulationLog log = Simulate(plan, jobs);
  EXPECT_FALSE(ServesAt(log.actors[0], 30min));
  EXPECT_TRUE(ServesAt(log.actors[1], 30min));
}

// The first actor takes over from the second, which is still on its way out.
TEST(Simulation, TakeOverFromACopyThatStillEndsIsNoSecondOwner) {
  const SimulationPlan plan = {.actors = {{"next", nullptr}, {"owner", nullptr}},
                               .events = {{.actor = 0}, {.actor = 1}},
                               .duration = 1min};
  const JobSighting busy{.state = JobState::kBusy};
  const JobSighting serves{.state = JobState::kServes};
  const JobSighting ends{.state = JobState::kBusy, .still_serves = true};
  ToldJobs jobs({{busy, busy}, {busy, serves}, {busy, ends}, {serves, busy}, {serves, {}}});
  const SimulationLog log = Simulate(plan, jobs);
  EXPECT_EQ(MostOwners(log), 1);
  EXPECT_EQ(log.actors[1].spans.at(2).phase, Phase::kServes);
}

}  // namespace
}  // namespace pidfall
