#include "harness/tracer/crashes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "harness/input/duration.h"
#include "harness/stage/expect.h"
#include "harness/tracer/fresh_state.h"
#include "harness/tracer/walk.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// A point, and the files that a kill there leaves behind.
struct KillPoint {
  Point point;
  std::string leaves;
};

class CrashSweep {
 public:
  CrashSweep(Stage& stage, const Found& found, const ExploreOptions& options)
      : stage_(stage),
        options_(options),
        safeguard_(SafeguardOf(stage)),
        fresh_(safeguard_),
        has_pid_file_(found.pid_file.has_value()),
        bystander_(stage.StartBystander({})) {}

  Exploration Run() {
    Profile();
    if (!options_.replay.empty()) return Replay();
    for (const KillPoint& kill_point : kill_points_) {
      const bool is_new = states_.insert(kill_point.leaves).second;
      if (!is_new && !options_.all) continue;
      if (Clock::now() - began_ > options_.time.value_or(kTimeForAll)) {
        ++left_out_;
      } else {
        exploration_.results.push_back(Judge(kill_point.point));
        so_far_.Tell(exploration_, [&] { return CoveredText(); });
      }
    }
    SayWhatWasCovered();
    return std::move(exploration_);
  }

 private:
  void Profile() {
    Walk walk(stage_, safeguard_, {.pid = PidToAskFor(stage_, kFirstPid)});
    walk.Through([&](const Point& point, const NamedCall&) {
      kill_points_.push_back({point, LeftBehind(safeguard_, walk.start().pid())});
      return false;
    });
    cut_short_ = walk.cut_short().empty() ? walk.start().unseen() : walk.cut_short();
    if (!walk.rested()) throw Broken("under trace it never served: " + walk.start().Output());
    walk.start().Kill();
    for (const std::string& path : safeguard_.Present()) remain_.insert(path);
  }

  Exploration Replay() {
    const Point point = ParsePoint(options_.replay);
    exploration_.results.push_back(Judge(point));
    exploration_.covered.push_back("1 point, as asked for");
    return std::move(exploration_);
  }

  Result Judge(const Point& point) {
    const Result blank{.scenario = "crash-point/" + point.Text(),
                       .family = "crash-point",
                       .clauses = {"C3", "C2", "C5"},
                       .reproduce = point.Text()};
    Result result = JudgeOne(stage_, blank, [&] { KillAndRecover(point); });
    stage_.EndAll();
    return result;
  }

  void KillAndRecover(const Point& point) {
    fresh_.Restore();
    KillAt(point, PidToAskFor(stage_, kFirstPid));
    ExpectRecovery(point);
    const auto left = Leftovers();
    if (left.empty()) return;
    KillAt(point, PidToAskFor(stage_, kSecondPid));
    ExpectRecovery(point);
    const auto more = Leftovers();
    Prefer(stage_, more.size() <= left.size(), "C8",
           fmt::format("each kill leaves one more file: {}", fmt::join(more, ", ")));
  }

  void KillAt(const Point& point, pid_t pid) {
    Walk walk(stage_, safeguard_, {.pid = pid});
    stage_.Did(fmt::format("start X under trace (pid {})", walk.start().pid()));
    const bool reached = walk.Through([&](const Point& at, const NamedCall& call) {
      if (at.after) stage_.Saw("X " + call.Text());
      return at == point;
    });
    if (!reached) throw Broken(walk.NeverReached(point));
    stage_.Did("SIGKILL to X " + point.Text());
    walk.start().Kill();
  }

  void ExpectRecovery(const Point& point) {
    Instance& next = stage_.Start({.pid = PidToAskFor(stage_, kNextPid)});
    ExpectServes(stage_, next, "C3", "the start before was killed at " + point.Text());
    if (has_pid_file_) ExpectFileNames(stage_, next, "C3");
    Instance& duplicate = stage_.Start({.pid = PidToAskFor(stage_, kDuplicatePid)});
    ExpectQuiet(stage_, duplicate, next);
    ExpectUntouched(bystander_);
    if (!duplicate.Processes().empty()) stage_.KillTree(duplicate);
    stage_.TerminateAll(next);
    stage_.Gone(next, kStopBound);
    stage_.EndAll();
  }

  // The files that a start and a stop without a kill do not leave.
  std::vector<std::string> Leftovers() const {
    std::vector<std::string> left;
    for (const std::string& path : safeguard_.Present()) {
      if (!remain_.contains(path)) left.push_back(safeguard_.NameOf(path));
    }
    return left;
  }

  std::string CoveredText() const {
    const auto of_start = std::count_if(
        kill_points_.begin(), kill_points_.end(),
        [](const KillPoint& kill_point) { return kill_point.point.phase == Point::kStart; });
    return fmt::format(
        "{} points: {} of start, {} of stop; they leave {} different states, {} killed "
        "for real",
        kill_points_.size(), of_start, kill_points_.size() - of_start, states_.size(),
        exploration_.results.size());
  }

  void SayWhatWasCovered() {
    exploration_.covered.push_back(CoveredText());
    if (left_out_ > 0) {
      const auto time = FormatDuration(options_.time.value_or(kTimeForAll));
      cut_short_ = fmt::format("{} states not tried in {}", left_out_, time);
    }
    if (!cut_short_.empty()) exploration_.covered.push_back("partly covered: " + cut_short_);
  }

  Stage& stage_;
  const ExploreOptions& options_;
  const Clock::time_point began_ = Clock::now();
  Safeguard safeguard_;
  FreshState fresh_;
  bool has_pid_file_;
  Bystander& bystander_;
  std::vector<KillPoint> kill_points_;
  std::set<std::string> states_;
  std::set<std::string> remain_;
  std::string cut_short_;
  int left_out_ = 0;
  Exploration exploration_;
  SoFar so_far_;
};

}  // namespace

Exploration ExploreCrashes(const Target& target, const Found& found,
                           const ExploreOptions& options) {
  const auto story = [&](Stage& stage) { return CrashSweep(stage, found, options).Run(); };
  return TellExplorations(target, options, "crash-point/any", {story});
}

}  // namespace pidfall
