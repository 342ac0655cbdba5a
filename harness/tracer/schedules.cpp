#include "harness/tracer/schedules.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "harness/observe/numbers.h"
#include "harness/stage/expect.h"
#include "harness/tracer/contest.h"
#include "harness/tracer/fresh_state.h"
#include "harness/tracer/schedule.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr pid_t kBetween = 1000;
// The time for one setting; the report says what was left out.
constexpr std::chrono::seconds kTimeForEach{60};
constexpr size_t kColumn = 44;
constexpr char kNotJudged[] = "not judged";

std::vector<int> ChoicesOf(const std::vector<Turn>& turns) {
  std::vector<int> choices;
  choices.reserve(turns.size());
  for (const Turn& turn : turns) choices.push_back(turn.chosen);
  return choices;
}

class ScheduleExploration {
 public:
  ScheduleExploration(Stage& stage, const Found& found, const ExploreOptions& options)
      : stage_(stage),
        options_(options),
        has_pid_file_(found.pid_file.has_value()),
        safeguard_(SafeguardOf(stage)),
        fresh_(safeguard_) {
    const bool elsewhere = found.pid_file && Mentions(stage.target().command, "{port}");
    for (int i = 0; i <= options.contenders; ++i) {
      ports_.push_back(i == 0 || !elsewhere ? stage.port() : stage.OtherPort());
    }
  }

  Exploration Run(Setting setting) {
    LeaveAStaleState();
    if (!options_.replay.empty()) return Replay();
    Explore(setting);
    return std::move(exploration_);
  }

 private:
  // How one setting was searched.
  struct Tally {
    int schedules = 0;
    int drifts = 0;
    int preemptions = 0;  // of the last one
    std::string cut_short;
    std::set<std::string> broken;  // clauses that a finding names already
  };

  pid_t Numbered(pid_t pid) const { return stage_.world().full ? pid : 0; }

  StartPlan PlanOf(int contender) const {
    return {.pid = Numbered(kFirstPid + kBetween * contender),
            .port = ports_[static_cast<size_t>(contender) + 1]};
  }

  // Leaves the state of a killed owner.
  void LeaveAStaleState() {
    fresh_.Restore();
    StartOwner()->Kill();
    stale_.emplace(safeguard_);
    fresh_.Restore();
  }

  std::unique_ptr<TracedStart> StartOwner() {
    auto owner = std::make_unique<TracedStart>(
        stage_, safeguard_, StartPlan{.pid = Numbered(kOwnerPid), .port = ports_.front()});
    const Duration bound = std::max<Duration>(stage_.target().start_timeout, kSettlesFor);
    Event event = owner->Next(bound);
    while (event.kind == Event::kCall || event.kind == Event::kReturned) event = owner->Next(bound);
    if (event.kind != Event::kRests || !owner->Serves()) {
      throw Broken("under trace it never served: " + owner->Output());
    }
    return owner;
  }

  Exploration Replay() {
    const Schedule schedule = ParseSchedule(options_.replay);
    Tally tally;
    Result result = Carry(schedule, nullptr, tally);
    exploration_.results.push_back(std::move(result));
    exploration_.covered.push_back("1 schedule, as asked for");
    return std::move(exploration_);
  }

  void Explore(Setting setting) {
    Tally tally;
    ScheduleSearch search(options_.all ? std::nullopt : std::optional(options_.bound));
    const auto began = Clock::now();
    while (const auto given = search.Next()) {
      tally.preemptions = search.preemptions();
      Result result = Carry({setting, ChoicesOf(*given)}, &search, tally);
      Keep(std::move(result), tally);
      if (tally.broken.contains("C1") || tally.broken.contains(kNotJudged)) break;
      if (Clock::now() - began > kTimeForEach) tally.cut_short = "60 s were over";
      if (!tally.cut_short.empty()) break;
    }
    Conclude(setting, search.complete(), tally);
  }

  // Keeps the first, which is the shortest, of each clause.
  void Keep(Result result, Tally& tally) {
    if (result.verdict == Verdict::kPass) return;
    const bool judged = result.verdict == Verdict::kFail;
    if (!tally.broken.insert(judged ? result.clauses.front() : kNotJudged).second) return;
    exploration_.results.push_back(std::move(result));
  }

  // Carries out the schedule that begins with these choices, and judges its end.
  Result Carry(const Schedule& schedule, ScheduleSearch* search, Tally& tally) {
    Result blank{.scenario = std::string("race/") + Name(schedule.setting),
                 .family = "race",
                 .clauses = {"C1", "C2", "C3", "C6"},
                 .reproduce = schedule.Text()};
    Contest contest(stage_, safeguard_);
    std::unique_ptr<TracedStart> owner;
    Result result = JudgeOne(stage_, std::move(blank), [&] {
      Prepare(schedule.setting, contest, owner);
      try {
        contest.Run(schedule.choices);
      } catch (const Drift& drift) {
        if (search == nullptr) throw Broken(drift.what());
        ++tally.drifts;
        return;
      }
      if (search != nullptr) search->Explored(contest.turns());
      ExpectOneOwner(schedule.setting, contest, owner.get());
    });
    ++tally.schedules;
    if (!contest.cut_short().empty()) tally.cut_short = contest.cut_short();
    result.reproduce = Schedule{schedule.setting, ChoicesOf(contest.turns())}.Text();
    result.evidence = StoryOf(contest);
    result.evidence.insert(result.evidence.begin(),
                           "did " + std::string(Name(schedule.setting)) + ": " +
                               result.reproduce.substr(result.reproduce.find(':') + 1));
    return result;
  }

  void Prepare(Setting setting, Contest& contest, std::unique_ptr<TracedStart>& owner) {
    setting == Setting::kStale ? stale_->Restore() : fresh_.Restore();
    int contenders = options_.contenders;
    if (setting == Setting::kLiveOwner) owner = StartOwner();
    if (setting == Setting::kStoppingOwner) {
      contest.AddStop(StartOwner());
      --contenders;
    }
    for (int i = 0; i < contenders; ++i) contest.AddStart(PlanOf(i));
  }

  static std::string Called(size_t index) { return ContenderName(static_cast<int>(index)); }

  void ExpectOneOwner(Setting setting, Contest& contest, TracedStart* owner) {
    std::vector<std::string> names;
    TracedStart* serving = owner;
    if (owner != nullptr) {
      Require(owner->Serves(), "C1", "the owner no longer serves");
      names.emplace_back("the owner");
    }
    for (size_t i = 0; i < contest.size(); ++i) {
      if (contest.IsOver(i) || !IsOwner(contest.contender(i))) continue;
      names.push_back(Called(i));
      serving = &contest.contender(i);
    }
    Require(names.size() < 2, "C1",
            names.size() < 2 ? "" : names[0] + " and " + names[1] + " both serve");
    const bool may_be_none = setting == Setting::kStoppingOwner;
    Require(may_be_none || !names.empty(), "C3", "no copy serves in the end");
    ExpectDuplicates(setting, contest);
    if (serving != nullptr && has_pid_file_) ExpectNamed(*serving, names.front());
  }

  // Without a port, a start that waits for a lock stands by.
  bool IsOwner(TracedStart& start) const {
    return start.Serves() && (stage_.target().port || !start.WaitsForLock());
  }

  void ExpectDuplicates(Setting setting, Contest& contest) {
    for (size_t i = 0; i < contest.size(); ++i) {
      TracedStart& start = contest.contender(i);
      const bool stops = setting == Setting::kStoppingOwner && i == 0;
      if (stops || !start.ending() || !stage_.target().duplicate_exit) continue;
      if (!start.Processes().empty()) continue;
      const std::string line = start.Output().substr(0, start.Output().find('\n'));
      Require(
          start.ending()->signal == 0 && start.ending()->status == *stage_.target().duplicate_exit,
          "C2",
          fmt::format("{} ended with {} and printed \"{}\"", Called(i), start.ending()->Describe(),
                      line));
    }
  }

  void ExpectNamed(const TracedStart& owner, const std::string& name) {
    const std::string content = ReadState(stage_.pid_file()).content;
    const auto all = owner.Processes();
    const bool named =
        std::any_of(all.begin(), all.end(), [&](pid_t pid) { return HasNumber(content, pid); });
    Require(named, "C6",
            fmt::format("the pid file does not name {} in the end: it holds \"{}\"", name,
                        content.substr(0, content.find('\n'))));
  }

  // The story with one column per contender.
  static std::vector<std::string> StoryOf(Contest& contest) {
    std::vector<std::string> lines;
    for (const Contest::Line& line : contest.story()) {
      const std::string indent(kColumn * static_cast<size_t>(line.contender), ' ');
      lines.push_back("saw " + indent + ContenderName(line.contender) + " " + line.text);
    }
    for (size_t i = 0; i < contest.size(); ++i) {
      TracedStart& start = contest.contender(i);
      const std::string indent(kColumn * i, ' ');
      const bool is_over = start.Processes().empty();
      const std::string end =
          is_over ? (start.ending() ? "ended with " + start.ending()->Describe() : "ended")
                  : (start.Serves() ? "serves" : "waits");
      lines.push_back(fmt::format("saw {}{} {}", indent, Called(i), end));
    }
    return lines;
  }

  void Conclude(Setting setting, bool complete, const Tally& tally) {
    std::string bound = options_.all ? "every order" : fmt::format("bound {}", options_.bound);
    std::string line =
        fmt::format("{:<15} {} schedules, {} executed, {} drifts; {} contenders, {}", Name(setting),
                    tally.schedules, tally.schedules, tally.drifts, options_.contenders, bound);
    if (tally.broken.contains("C1")) {
      line += fmt::format("; a breach of C1 at {} preemptions ended it", tally.preemptions);
    } else if (!complete || !tally.cut_short.empty()) {
      line += "; partly covered: " + tally.cut_short;
    }
    exploration_.covered.push_back(line);
    if (!tally.broken.empty()) return;
    exploration_.results.push_back({.scenario = std::string("race/") + Name(setting),
                                    .family = "race",
                                    .clauses = {"C1", "C2", "C3", "C6"},
                                    .verdict = Verdict::kPass,
                                    .summary = line,
                                    .reproduce = std::string(Name(setting)) + ":"});
  }

  Stage& stage_;
  const ExploreOptions& options_;
  bool has_pid_file_;
  Safeguard safeguard_;
  FreshState fresh_;
  std::optional<FreshState> stale_;
  std::vector<int> ports_;  // the owner's, then the contenders'
  Exploration exploration_;
};

}  // namespace

Exploration ExploreSchedules(const Target& target, const Found& found,
                             const ExploreOptions& options) {
  std::vector<StageStory> stories;
  for (const Setting setting : AllSettings()) {
    stories.emplace_back([&, setting](Stage& stage) {
      return ScheduleExploration(stage, found, options).Run(setting);
    });
  }
  if (!options.replay.empty()) stories.resize(1);
  return TellExplorations(target, "race/any", stories);
}

}  // namespace pidfall
