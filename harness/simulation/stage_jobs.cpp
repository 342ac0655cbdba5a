#include "harness/simulation/stage_jobs.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "harness/faults/hold.h"
#include "harness/faults/pid_file.h"
#include "harness/input/text_parts.h"
#include "harness/kernel/http.h"
#include "harness/kernel/process.h"
#include "harness/observe/file_state.h"
#include "harness/observe/numbers.h"
#include "harness/sandbox/landlock.h"
#include "harness/simulation/surroundings.h"
#include "harness/stage/expect.h"
#include "harness/stage/needs.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/story_end.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// A signal is not handled at once. A server that serves for longer has ignored it; the bound is
// C12's.
constexpr Duration kReactsWithin = kStopBound;

constexpr Duration kAnswerBound = std::chrono::seconds(2);
constexpr std::size_t kMostKept = 4096;  // of a file

bool IsServing(const JobSighting& sighting) {
  return sighting.state == JobState::kServes || sighting.still_serves;
}

bool SameState(const JobSighting& one, const JobSighting& other) {
  return one.state == other.state && one.still_serves == other.still_serves;
}

// As systemd sees it, which may signal anybody.
bool NamesAProcess(const std::string& text) {
  const long pid = strtol(text.c_str(), nullptr, 10);
  return pid > 0 && IsPlainNumber(text, pid) && kill(static_cast<pid_t>(pid), 0) == 0;
}

// False: the text names none of them.
bool SignalNamed(const std::vector<pid_t>& pids, const std::string& text, int signal) {
  const auto named =
      std::find_if(pids.begin(), pids.end(), [&](pid_t pid) { return IsPlainNumber(text, pid); });
  return named != pids.end() && kill(*named, signal) == 0;
}

// A process that ends is late, too, when the harness is late to see it.
std::vector<std::map<pid_t, ProcessorTime>> TimesOfAll(const Stage& stage) {
  std::vector<std::map<pid_t, ProcessorTime>> times = {ProcessorTimes(getpid())};
  for (auto& instance : ProcessorTimesOfAll(stage)) times.push_back(std::move(instance));
  return times;
}

}  // namespace

StageJobs::StageJobs(Stage& stage, const std::vector<StageActor>& actors)
    : stage_(stage), given_([&stage] { return TimesOfAll(stage); }) {
  for (const StageActor& actor : actors) {
    actors_.push_back({.how = actor, .settling = SettlingOn(stage)});
    if (actor.has_other_port) actors_.back().how.start.port = stage.OtherPort();
  }
  last_.resize(actors_.size());
}

std::chrono::nanoseconds StageJobs::Now() { return Clock::now().time_since_epoch(); }

JobStarted StageJobs::Start(std::size_t actor, const JobStart& how) {
  const Evidence::Muted muted(stage_.evidence());  // the simulation's log tells it
  changed_ = true;
  Actor& started = actors_.at(actor);
  return started.how.is_bystander ? StartBystander(started, how.pid) : StartInstance(started, how);
}

JobStarted StageJobs::StartInstance(Actor& actor, const JobStart& how) {
  const bool beside_an_owner = !Serving(stage_).empty();
  if (how.supervised && beside_an_owner) ++starts_beside_an_owner_;
  const StartOptions start = OptionsFor(actor, how);
  actor.instance = how.held_at == 0 ? &stage_.Start(start)
                                    : &StartUntil(stage_, how.held_at, Moments::kTouches, start);
  actor.supervised = how.supervised;
  actor.settling = SettlingOn(stage_);
  actor.signalled.reset();
  if (how.end_group_with_it) actor.instance->EndGroupWithIt();
  return {actor.instance->pid(), beside_an_owner};
}

void StageJobs::CheckIsPossible(const StartOptions& start) const {
  if (start.contained) NeedFullSandbox(stage_, "a container");
  if (!start.host_name.empty()) NeedFullSandbox(stage_, "another host name");
  if (start.signals_nobody && !LandlockScopesSignals()) {
    throw Skip("a process that may signal nobody needs Linux 6.12");
  }
}

StartOptions StageJobs::OptionsFor(const Actor& actor, const JobStart& how) {
  StartOptions start = actor.how.start;
  for (const auto& [name, value] : how.environment) {
    start.environment.push_back(std::string(name).append("=").append(value));
  }
  if (!how.working_directory.empty()) start.folder = how.working_directory;
  for (std::string& word : start.command) word = Resolved(word);
  for (std::string& variable : start.environment) variable = FileNamed(variable);
  CheckIsPossible(start);
  if (how.pid == 0) return start;
  if (stage_.world().full) {
    start.pid = how.pid;
    return start;
  }
  // Other processes draw on the same numbers.
  if (!HasNumber(PidFile(stage_).content, how.pid)) NeedFullSandbox(stage_, "a chosen pid");
  start.takes_place_of = how.pid;
  notes_.emplace_back("its own pid was written into the pid file, not handed out again");
  return start;
}

JobStarted StageJobs::StartBystander(Actor& actor, int pid) {
  const bool full = stage_.world().full;
  EndBystander(actor);
  actor.bystander = &stage_.StartBystander({.pid = full ? pid : 0, .has_thread = true});
  if (pid != 0 && !full) WriteOver(pid, actor.bystander->pid());
  return {.pid = actor.bystander->pid()};
}

void StageJobs::WriteOver(int number, int live) {
  WritePidFile(stage_, ReplaceNumber(PidFile(stage_).content, number, live));
  notes_.emplace_back("a bystander's pid was written into the pid file, not handed out again");
}

void StageJobs::EndBystander(Actor& actor) {
  if (actor.bystander == nullptr) return;
  for (std::string& signal : actor.bystander->Signals()) actor.signals.push_back(std::move(signal));
  actor.bystander->End();
  actor.bystander = nullptr;
}

void StageJobs::Signal(std::size_t actor, int signal) {
  const Evidence::Muted muted(stage_.evidence());  // the simulation's log tells it
  Actor& signalled = actors_.at(actor);
  changed_ = true;
  if (signalled.instance == nullptr) return;
  stage_.Signal(*signalled.instance, signal);
  const bool ends = signal != SIGSTOP && signal != SIGCONT;
  if (ends) ExpectReaction(signalled);
}

void StageJobs::ExpectReaction(Actor& actor) {
  actor.signalled.emplace([&] { return ProcessorTimesOfAll(stage_); });
}

JobState StageJobs::StateOf(Actor& actor) {
  if (actor.instance->IsHeld()) return JobState::kWaits;
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

// It may be on its way out, and somebody waits for just that.
bool StageJobs::AnyOrphanRuns() const {
  return std::any_of(orphans_.begin(), orphans_.end(),
                     [](const Instance* orphan) { return !Sleeps(*orphan); });
}

bool StageJobs::MayStillReact(Actor& actor, const JobSighting& sighting) {
  const bool as_before = sighting.state == JobState::kServes || sighting.state == JobState::kWaits;
  if (!actor.signalled || !as_before) return false;
  return actor.signalled->SoFar() < kReactsWithin;
}

JobSighting StageJobs::Sight(Actor& actor) {
  if (actor.bystander != nullptr) return {.state = JobState::kWaits};
  if (actor.instance == nullptr) return {};
  const bool over = actor.supervised && actor.instance->ended();
  JobSighting sighting{.state = over ? JobState::kEnded : StateOf(actor)};
  // One that runs may just have been told to end by somebody else; one that its launcher is about
  // to leave is no job any more.
  if (sighting.state == JobState::kServes && !actor.settling.settled()) {
    return {.state = JobState::kBusy, .still_serves = true};
  }
  if (sighting.state == JobState::kWaits && AnyOrphanRuns()) return {.state = JobState::kBusy};
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
    given_.SoFar();
    sightings = SightAll();
    return !std::equal(sightings.begin(), sightings.end(), last_.begin(), SameState);
  };
  stage_.WaitUntil(moved, changed_ ? Duration::zero() : at_most);
  changed_ = false;
  CountLeftOut();
  return last_ = sightings;
}

void StageJobs::CountLeftOut() {
  const std::chrono::nanoseconds passed = Now() - given_since_;
  left_out_ += std::max<Duration>(passed - given_.SoFar(), Duration::zero());
  given_ = GivenTime([this] { return TimesOfAll(stage_); });
  given_since_ = Now();
}

void StageJobs::Release(std::size_t actor) {
  const Evidence::Muted muted(stage_.evidence());
  Actor& held = actors_.at(actor);
  changed_ = true;
  if (held.instance == nullptr || !held.instance->IsHeld()) return;
  pidfall::Release(stage_, *held.instance);
  held.settling = SettlingOn(stage_);
}

void StageJobs::KeepUnreaped(std::size_t actor) {
  Instance* instance = actors_.at(actor).instance;
  if (instance != nullptr) instance->KeepAsZombie();
}

// Where it does not answer, a note says so.
void StageJobs::Visit(std::size_t actor) {
  const Instance* visited = actors_.at(actor).instance;
  if (visited == nullptr || !stage_.target().port) return;
  try {
    HttpGet({stage_.target().address, visited->port()}, "/", kAnswerBound);
  } catch (const std::system_error&) {
    notes_.push_back(visited->name() + " did not answer a client");
  }
}

void StageJobs::Forget(std::size_t actor) {
  Instance*& instance = actors_.at(actor).instance;
  if (instance != nullptr) orphans_.push_back(instance);
  instance = nullptr;
  changed_ = true;
}

void StageJobs::EndAll() {
  const Evidence::Muted muted(stage_.evidence());
  changed_ = true;
  for (Actor& actor : actors_) EndBystander(actor);
  stage_.EndAll();
}

// {pid 0} and {thread 0} as numbers, and {run} as a folder.
std::string StageJobs::Resolved(std::string text) const {
  ReplaceAll(text, "{run}", "{dir}/run");
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    const Actor& actor = actors_[i];
    const std::string index = " " + std::to_string(i) + "}";
    const pid_t pid = actor.bystander != nullptr  ? actor.bystander->pid()
                      : actor.instance != nullptr ? actor.instance->pid()
                                                  : 0;
    ReplaceAll(text, "{pid" + index, std::to_string(pid));
    const pid_t thread = actor.bystander != nullptr ? actor.bystander->thread_id() : 0;
    ReplaceAll(text, "{thread" + index, std::to_string(thread));
  }
  return text;
}

std::string StageJobs::FileNamed(const std::string& file) const {
  const Places places{stage_.port(), stage_.pid_file(), "", stage_.folder(), ""};
  return FillIn({Resolved(file)}, places).front();
}

void StageJobs::Make(const Change& change) {
  const Evidence::Muted muted(stage_.evidence());
  changed_ = true;
  MakeChange(stage_, {change.kind, FileNamed(change.file), FileNamed(change.text)});
}

bool StageJobs::IsTargetsPidFile(const std::string& file) const {
  return !stage_.pid_file().empty() && FileNamed(file) == stage_.pid_file();
}

void StageJobs::RemovePidFile(const std::string& file) {
  if (IsTargetsPidFile(file)) Make({.kind = Change::Kind::kRemove, .file = file});
}

bool StageJobs::HasSuccessor(std::size_t actor, const std::string& file) {
  const Instance* instance = actors_.at(actor).instance;
  if (instance == nullptr || !instance->Processes().empty()) return true;
  return NamesAProcess(ReadState(FileNamed(file)).content);
}

// Only processes of our own: without namespaces a file may name a stranger.
void StageJobs::SignalRecorded(const std::string& file, int signal) {
  if (!IsTargetsPidFile(file)) return;
  changed_ = true;
  const std::string text = PidFile(stage_).content;
  std::set<const Instance*> signalled;
  for (const Instance& instance : stage_.instances()) {
    if (SignalNamed(instance.Processes(), text, signal)) signalled.insert(&instance);
  }
  for (Actor& actor : actors_) {
    if (signalled.count(actor.instance) != 0) ExpectReaction(actor);
    if (actor.bystander != nullptr) SignalNamed({actor.bystander->pid()}, text, signal);
  }
}

void StageJobs::Complete(SimulationLog* log, const std::vector<std::string>& files) {
  for (std::size_t i = 0; i < log->actors.size(); ++i) {
    EndBystander(actors_.at(i));
    log->actors[i].signals = std::move(actors_[i].signals);
  }
  for (const std::string& file : files) {
    const FileState state = ReadState(FileNamed(file));
    log->files[file] = {state.exists, state.content.substr(0, kMostKept)};
  }
  std::sort(notes_.begin(), notes_.end());
  notes_.erase(std::unique(notes_.begin(), notes_.end()), notes_.end());
  log->notes.insert(log->notes.end(), notes_.begin(), notes_.end());
}

}  // namespace pidfall
