#include "harness/supervisor/stage_jobs.h"

#include <algorithm>
#include <filesystem>

#include "harness/probe/process.h"
#include "harness/stage/expect.h"
#include "harness/stage/serving.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// A signal is not handled at once. A server that serves for longer has ignored it; the bound is
// C12's.
constexpr Duration kReactsWithin = kStopBound;

bool IsServing(const JobSighting& sighting) {
  return sighting.state == JobState::kServes || sighting.still_serves;
}

bool SameState(const JobSighting& one, const JobSighting& other) {
  return one.state == other.state && one.still_serves == other.still_serves;
}

}  // namespace

StageJobs::StageJobs(Stage& stage, const std::vector<StartOptions>& actors) : stage_(stage) {
  for (const StartOptions& start : actors) {
    actors_.push_back({.start = start, .settling = SettlingOn(stage)});
  }
  last_.resize(actors_.size());
}

std::chrono::nanoseconds StageJobs::Now() { return Clock::now().time_since_epoch(); }

JobStarted StageJobs::Start(std::size_t actor, const JobStart& how) {
  const Evidence::Hush hush(stage_.evidence());  // the simulation's log tells it
  Actor& started = actors_.at(actor);
  const bool beside_an_owner = !Serving(stage_).empty();
  if (how.supervised && beside_an_owner) ++starts_beside_an_owner_;
  StartOptions start = started.start;
  for (const auto& [name, value] : how.environment) {
    start.environment.push_back(std::string(name).append("=").append(value));
  }
  if (!how.working_directory.empty()) start.folder = how.working_directory;
  started.instance = &stage_.Start(start);
  started.supervised = how.supervised;
  started.settling = SettlingOn(stage_);
  started.signalled.reset();
  if (how.end_group_with_it) started.instance->EndGroupWithIt();
  changed_ = true;
  return {started.instance->pid(), beside_an_owner};
}

void StageJobs::Signal(std::size_t actor, int signal) {
  const Evidence::Hush hush(stage_.evidence());  // the simulation's log tells it
  Actor& signalled = actors_.at(actor);
  changed_ = true;
  if (signalled.instance == nullptr) return;
  stage_.Signal(*signalled.instance, signal);
  const bool ends = signal != SIGSTOP && signal != SIGCONT;
  if (ends) signalled.signalled.emplace([&] { return ProcessorTimesOf(stage_.instances()); });
}

JobState StageJobs::StateOf(Actor& actor) {
  const Settling& seen = See(stage_, *actor.instance, actor.settling);
  if (!seen.looks()) return seen.stays() ? JobState::kTimedWait : JobState::kBusy;
  switch (seen.looks()->outcome) {
    case Outcome::kEnded:
      return JobState::kEnded;
    case Outcome::kServes:
      return JobState::kServes;
    case Outcome::kWaits:
      return seen.has_blocked() ? JobState::kWaits : JobState::kBusy;
  }
  return JobState::kBusy;
}

bool StageJobs::MayStillReact(Actor& actor, const JobSighting& sighting) {
  const bool as_before = sighting.state == JobState::kServes || sighting.state == JobState::kWaits;
  if (!actor.signalled || !as_before) return false;
  return actor.signalled->SoFar() < kReactsWithin;
}

JobSighting StageJobs::Sight(Actor& actor) {
  if (actor.instance == nullptr) return {};
  const bool over = actor.supervised && actor.instance->ended();
  JobSighting sighting{.state = over ? JobState::kEnded : StateOf(actor)};
  if (MayStillReact(actor, sighting)) {
    return {.state = JobState::kBusy, .still_serves = IsServing(sighting)};
  }
  if (sighting.state != JobState::kEnded || !actor.instance->ending()) return sighting;
  sighting.status = actor.instance->ending()->status;
  sighting.signal = actor.instance->ending()->signal;
  return sighting;
}

std::vector<JobSighting> StageJobs::SightAll() {
  std::vector<JobSighting> sightings;
  for (Actor& actor : actors_) sightings.push_back(Sight(actor));
  return sightings;
}

std::vector<JobSighting> StageJobs::Look(std::chrono::nanoseconds at_most) {
  std::vector<JobSighting> sightings;
  const auto moved = [&] {
    sightings = SightAll();
    return !std::equal(sightings.begin(), sightings.end(), last_.begin(), SameState);
  };
  stage_.WaitUntil(moved, changed_ ? Duration::zero() : at_most);
  changed_ = false;
  return last_ = sightings;
}

std::string StageJobs::FileNamed(const std::string& file) const {
  return FillIn({file}, {stage_.port(), stage_.pid_file(), "", stage_.folder()}).front();
}

void StageJobs::Write(const std::string& file, const std::string& text) {
  WriteFile(FileNamed(file), text);
}

void StageJobs::Remove(const std::string& file) { std::filesystem::remove(FileNamed(file)); }

}  // namespace pidfall
