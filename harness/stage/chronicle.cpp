#include "harness/stage/chronicle.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <string_view>

#include "harness/kernel/files.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

constexpr const char* kStarting = "starting";
constexpr const char* kServes = "serves";
constexpr const char* kWaits = "waits";
constexpr const char* kApart = "apart";
constexpr const char* kIdle = "idle";
constexpr const char* kGuard = "guard";
constexpr const char* kStranger = "stranger";

// A drawing with more of them shows nothing.
constexpr std::size_t kMostLanes = 16;
constexpr std::size_t kMostMarks = 40;  // of a lane

// The looks get rarer as the story gets longer, and cost at most a tenth of it.
constexpr Duration kNearestLook = std::chrono::milliseconds(1);
constexpr Duration kFarthestLook = std::chrono::milliseconds(50);
constexpr int kOfTheStory = 16;
constexpr int kOfItsCost = 9;

bool Is(const char* phase, std::string_view name) { return name == phase; }

// The file of one of its locks. Not every file beside the pid file: a server may lock its data.
bool IsGuardFile(const Stage& stage, const std::string& path) {
  if (path == stage.pid_file()) return true;
  const auto& files = stage.target().guard_files;
  return std::any_of(files.begin(), files.end(),
                     [&](const std::string& file) { return path == GuardFilePath(stage, file); });
}

bool HoldsLock(const Stage& stage, const Instance& instance) {
  const Target& target = stage.target();
  if (target.guard_files.empty() && (!target.pid_file || target.file_has_pid)) return false;
  for (const pid_t pid : instance.Processes()) {
    const auto locks = HeldLocks(pid);
    if (std::any_of(locks.begin(), locks.end(),
                    [&](const HeldLock& lock) { return IsGuardFile(stage, lock.path); })) {
      return true;
    }
  }
  return false;
}

bool HoldsGuard(const Stage& stage, const Instance& instance) {
  const Target& target = stage.target();
  const bool is_named = target.pid_file && target.file_has_pid && PidFileNames(stage, instance);
  return is_named || HoldsLock(stage, instance);
}

}  // namespace

void Chronicle::Begin(const Instance& instance, bool apart) {
  if (starts_.size() >= kMostLanes) return;
  Watched start{.instance = &instance, .name = instance.name(), .apart = apart};
  start.spans.push_back({kStarting, instance.started_at(), instance.started_at()});
  starts_.push_back(std::move(start));
}

void Chronicle::BeginStranger(const std::string& name) {
  if (starts_.size() >= kMostLanes) return;
  const auto now = Clock::now();
  starts_.push_back({.name = name, .spans = {{kStranger, now, now}}});
}

Chronicle::Watched* Chronicle::Find(const Instance& instance) {
  const auto found = std::find_if(starts_.begin(), starts_.end(), [&](const Watched& start) {
    return start.instance == &instance;
  });
  return found == starts_.end() ? nullptr : &*found;
}

void Chronicle::NoteSignal(const Instance& instance, const std::string& name) {
  Watched* start = Find(instance);
  if (start != nullptr && start->marks.size() < kMostMarks) {
    start->marks.push_back({At(Clock::now()), name});
  }
}

void Chronicle::NoteFault(const std::string& what) {
  if (faults_.size() < kMostMarks) faults_.push_back({At(Clock::now()), what});
}

void Chronicle::Settled(const Stage& stage, const Instance& instance, Outcome outcome) {
  Watched* start = Find(instance);
  if (start == nullptr || outcome == Outcome::kEnded) return;
  start->stays =
      outcome == Outcome::kServes && !(stage.target().listens() && Serves(stage, instance));
  if (outcome == Outcome::kWaits) Extend(&start->spans, kWaits, Clock::now());
  Look(stage);
}

void Chronicle::Watch(const Stage& stage) {
  const auto before = Clock::now();
  if (before < next_look_) return;
  Look(stage);
  const auto after = Clock::now();
  next_look_ = after + kOfItsCost * (after - before) +
               std::clamp<Duration>((after - began_) / kOfTheStory, kNearestLook, kFarthestLook);
}

// A drawing is not worth a scenario: what cannot be read is left out.
void Chronicle::Look(const Stage& stage) {
  try {
    const Census::Look look(stage.census());
    for (Watched& start : starts_) See(stage, &start);
  } catch (const std::exception&) {
  }
}

const char* Chronicle::PhaseOf(const Stage& stage, const Watched& start) const {
  const bool serves = start.stays || (stage.target().listens() && Serves(stage, *start.instance));
  if (serves) return start.apart ? kApart : kServes;
  const char* last = start.spans.back().phase;
  return Is(last, kServes) || Is(last, kApart) ? kIdle : last;
}

void Chronicle::See(const Stage& stage, Watched* start) {
  if (start->instance == nullptr || start->is_over) return;
  const Instance& instance = *start->instance;
  const auto now = Clock::now();
  start->is_over = instance.ended() && instance.Processes().empty();
  if (start->is_over) {
    start->spans.back().seen = std::min(now, instance.gone_at());
    return;
  }
  Extend(&start->spans, PhaseOf(stage, *start), now);
  if (HoldsGuard(stage, instance)) Extend(&start->held, kGuard, now);
  if (!start->held.empty() && start->held.back().seen != now) start->held.push_back({"", now, now});
}

// A start goes from one phase into the next, but one that serves no longer may have stopped at any
// time since it was last seen to.
void Chronicle::Extend(std::vector<Span>* spans, const char* phase, Clock::time_point now) {
  if (!spans->empty() && Is(spans->back().phase, phase)) {
    spans->back().seen = now;
    return;
  }
  const bool served =
      !spans->empty() && (Is(spans->back().phase, kServes) || Is(spans->back().phase, kApart));
  if (!spans->empty() && !served) spans->back().seen = now;
  spans->push_back({phase, now, now});
}

void Chronicle::Replace(StoryTimes simulated) {
  simulated.is_simulated = true;
  simulated_ = std::move(simulated);
}

double Chronicle::At(Clock::time_point time) const {
  constexpr double kPerSecond = 1e5;
  const double seconds = std::chrono::duration<double>(time - began_).count();
  return std::round(seconds * kPerSecond) / kPerSecond;
}

StoryTimes::Lane Chronicle::LaneOf(const Watched& start, Clock::time_point now) const {
  StoryTimes::Lane lane{.name = start.name, .marks = start.marks};
  const Instance* instance = start.instance;
  const auto over =
      instance == nullptr || !start.is_over ? now : std::min(now, instance->gone_at());
  for (const std::vector<Span>* spans : {&start.spans, &start.held}) {
    for (const Span& span : *spans) {
      const bool is_open = &span == &spans->back();
      if (*span.phase != '\0') {
        lane.bars.push_back({span.phase, At(span.from), At(is_open ? over : span.seen)});
      }
    }
  }
  if (instance != nullptr && instance->ending()) {
    const Ending& ending = *instance->ending();
    lane.ends.push_back(
        {At(instance->ended_at()), ending.signal != 0 ? -ending.signal : ending.status});
  }
  return lane;
}

StoryTimes Chronicle::Times(Stage& stage) {
  if (!simulated_.lanes.empty()) return simulated_;
  Look(stage);
  const auto now = Clock::now();
  StoryTimes times{.duration_s = At(now)};
  for (const Watched& start : starts_) times.lanes.push_back(LaneOf(start, now));
  if (times.lanes.empty()) return {};
  if (!faults_.empty()) times.lanes.push_back({.name = kFaultsLane, .marks = faults_});
  for (const auto at : stage.evidence().times()) times.lines_s.push_back(At(at));
  return times;
}

}  // namespace pidfall
