#include "harness/schedules/schedules.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "harness/input/duration.h"
#include "harness/input/text_parts.h"
#include "harness/schedules/contest.h"
#include "harness/schedules/model.h"
#include "harness/schedules/puppet_start.h"
#include "harness/schedules/schedule.h"
#include "harness/schedules/schedule_judge.h"
#include "harness/schedules/schedule_search.h"
#include "harness/stage/expect.h"
#include "harness/stage/start.h"
#include "harness/tracer/fresh_state.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// The first schedule that the program carries out although puppets have passed it, or one that is
// equal to it. The next one has twice its number, and so on.
constexpr int kFirstSample = 100;
constexpr char kNotJudged[] = "not judged";

std::vector<int> ChoicesOf(const std::vector<Turn>& turns) {
  std::vector<int> choices;
  choices.reserve(turns.size());
  for (const Turn& turn : turns) choices.push_back(turn.chosen);
  return choices;
}

// Else two names may be one file, one file may hold another, or the opens of it may wait for each
// other.
bool NamesTellWhatATurnTouches(const Safeguard& safeguard) {
  const auto files = safeguard.Present();
  const auto& folders = safeguard.folders();
  const auto is_plain = [](const std::string& path) {
    struct stat file {};
    if (lstat(path.c_str(), &file) != 0) return true;
    return S_ISDIR(file.st_mode) || S_ISSOCK(file.st_mode) ||
           (S_ISREG(file.st_mode) && file.st_nlink == 1);
  };
  const auto stands_alone = [&](const std::string& folder) {
    return folder == folders.front() || safeguard.NameOf(folder).empty();
  };
  return std::all_of(files.begin(), files.end(), is_plain) &&
         std::all_of(folders.begin(), folders.end(), stands_alone);
}

// The states of one story share what is learnt. Two stories take about as long as each other.
std::vector<std::vector<StartState>> StatesOfStories() {
  return {{StartState::kFresh, StartState::kLiveOwner},
          {StartState::kStale, StartState::kStoppingOwner}};
}

// What carries out a schedule.
enum class By { kPuppets, kCopies, kProgram };

// One schedule, carried out and judged.
struct Carried {
  Result result;
  std::vector<Turn> turns;
  std::vector<int64_t> returned;  // by the calls
  std::string cut_short;
  bool looks_beyond = false;  // a contender does

  bool Equals(const Carried& other) const {
    return turns == other.turns && returned == other.returned &&
           result.verdict == other.result.verdict && result.summary == other.result.summary;
  }
};

class ScheduleExploration {
 public:
  ScheduleExploration(Stage& stage, const Found& found, const ExploreOptions& options)
      : stage_(stage),
        options_(options),
        has_pid_file_(found.pid_file.has_value()),
        safeguard_(SafeguardOf(stage)),
        fresh_(safeguard_),
        model_(stage, safeguard_),
        with_puppets_(!options.every_run_real && stage.world().full),
        with_copies_(with_puppets_ && !options.compare) {
    if (options.every_run_real || options.compare) equals_ = Equals::kAreTried;
    if (!stage.world().full) only_real_ = "without namespaces no pid can be chosen";
    const bool elsewhere = found.pid_file && Mentions(stage.target().command, "{port}");
    for (int i = 0; i <= options.contenders; ++i) {
      ports_.push_back(i == 0 || !elsewhere ? stage.port() : stage.OtherPort());
    }
  }

  Exploration Run(const std::vector<StartState>& states) {
    LeaveAStaleState();
    if (!options_.replay.empty()) return Replay();
    for (const StartState state : states) Explore(state);
    return std::move(exploration_);
  }

 private:
  // How one state was searched.
  struct Tally {
    int schedules = 0;
    int equal = 0;      // to another one
    int simulated = 0;  // by puppets
    int executed = 0;   // by the program
    int next_sample = kFirstSample;
    int drifts = 0;
    int preemptions = 0;  // of the last one
    std::string cut_short;
    std::set<std::string> broken;  // clauses that a finding names already
  };

  StartPlan PlanOf(int contender) const {
    return {.pid = PidToAskFor(stage_, kFirstPid + kBetweenPids * contender),
            .port = ports_[static_cast<size_t>(contender) + 1],
            .yields = true};
  }

  Duration Bound() const { return std::max<Duration>(stage_.target().start_timeout, kSettlesFor); }

  // Leaves the state of a killed owner.
  void LeaveAStaleState() {
    fresh_.Restore();
    StartOwner(By::kProgram)->Kill();
    stale_.emplace(safeguard_);
    if (!NamesTellWhatATurnTouches(safeguard_)) equals_ = Equals::kAreTried;
    fresh_.Restore();
  }

  std::unique_ptr<Contender> Start(const StartPlan& plan, By by) {
    if (by == By::kPuppets) return model_.Puppet(plan);
    return by == By::kCopies ? model_.Copied(plan) : model_.Real(plan);
  }

  std::unique_ptr<Contender> StartOwner(By by) {
    auto owner = Start({.pid = PidToAskFor(stage_, kOwnerPid), .port = ports_.front()}, by);
    ContenderEvent event = owner->Next(Bound());
    while (event.kind == ContenderEvent::kCall || event.kind == ContenderEvent::kReturned) {
      event = owner->Next(Bound());
    }
    if (event.kind != ContenderEvent::kRests || !owner->Serves()) {
      throw Broken("under trace it never served: " + owner->Output());
    }
    return owner;
  }

  Exploration Replay() {
    exploration_.results.push_back(Carry(ParseSchedule(options_.replay), By::kProgram).result);
    exploration_.covered.push_back("1 schedule, as asked for");
    return std::move(exploration_);
  }

  void Explore(StartState state) {
    Tally tally;
    ScheduleSearch search(static_cast<size_t>(options_.contenders),
                          options_.all ? std::nullopt : std::optional(options_.bound), equals_);
    const auto began = Clock::now();
    while (const auto next = search.Next()) {
      tally.preemptions = search.preemptions();
      ++tally.schedules;
      const bool is_sample = tally.schedules == tally.next_sample;
      if (is_sample) tally.next_sample *= 2;
      if (next->is_equal) ++tally.equal;
      if (!next->is_equal || is_sample) TryOne({state, next->choices}, is_sample, search, tally);
      so_far_.Tell(exploration_, [&] { return Covered(state, tally); });
      if (tally.broken.contains("C1") || tally.broken.contains(kNotJudged)) break;
      const auto time = options_.time.value_or(kTimeForOrders);
      if (Clock::now() - began > time) {
        tally.cut_short = "the time of " + FormatDuration(time) + " was over";
      }
      if (!tally.cut_short.empty()) break;
    }
    Conclude(state, search.complete(), tally);
  }

  void TryOne(const Schedule& schedule, bool is_sample, ScheduleSearch& search, Tally& tally) {
    try {
      const Carried carried = CarryOnce(schedule, is_sample || options_.compare, tally);
      if (!search.Explored(carried.turns)) {
        search.TryEqualOnes();
        model_.NoteDrift("it was foreseen otherwise: " + carried.result.reproduce);
      }
      if (!carried.cut_short.empty()) tally.cut_short = carried.cut_short;
      Keep(carried.result, tally);
    } catch (const Drift&) {
      ++tally.drifts;
      search.TryEqualOnes();
    }
  }

  // By puppets where all of it is known. What they find is shown only when the program does the
  // same, and so is what they pass if the program `has_to`.
  Carried CarryOnce(const Schedule& schedule, bool has_to, Tally& tally) {
    std::optional<Carried> simulated;
    if (with_puppets_) simulated = CarryByPuppets(schedule);
    if (simulated) ++tally.simulated;
    if (simulated && simulated->result.verdict == Verdict::kPass && !has_to) return *simulated;
    ++tally.executed;
    Carried real = Execute(schedule);
    if (simulated && !simulated->Equals(real)) {
      model_.NoteDrift("puppets came to another end of " + real.result.reproduce);
    }
    if (with_puppets_ && !model_.drift().empty()) {
      ++tally.drifts;
      with_puppets_ = with_copies_ = false;
    }
    return real;
  }

  // By the program. After the first time, copies of it do where they find nothing. A copy that
  // looks at other processes may have seen the original, and one that drifts may have drawn the
  // same random name as another.
  Carried Execute(const Schedule& schedule) {
    const bool is_first = std::exchange(is_first_, false);
    if (is_first || !with_copies_) {
      Carried real = Carry(schedule, By::kProgram);
      with_copies_ = with_copies_ && !real.looks_beyond;
      return real;
    }
    Carried copied = Carry(schedule, By::kCopies);
    with_copies_ = !copied.looks_beyond && model_.drift().empty();
    if (with_copies_ && copied.result.verdict == Verdict::kPass) return copied;
    Carried real = Carry(schedule, By::kProgram);
    if (with_copies_ && !copied.Equals(real)) {
      model_.NoteDrift("copies of a start came to another end of " + real.result.reproduce);
    }
    return real;
  }

  std::optional<Carried> CarryByPuppets(const Schedule& schedule) {
    try {
      return Carry(schedule, By::kPuppets);
    } catch (const NotKnown& reason) {
      if (!reason.why.empty()) only_real_ = reason.why;
      return std::nullopt;
    }
  }

  // Keeps the first, which is the shortest, of each clause.
  void Keep(const Result& result, Tally& tally) {
    if (result.verdict == Verdict::kPass) return;
    const bool judged = result.verdict == Verdict::kFail;
    if (!tally.broken.insert(judged ? result.clauses.front() : kNotJudged).second) return;
    exploration_.results.push_back(result);
  }

  // Carries out the schedule that begins with these choices, and judges its end.
  Carried Carry(const Schedule& schedule, By by) {
    Carried carried{.result = {.scenario = std::string("race/") + Name(schedule.state),
                               .family = "race",
                               .clauses = {"C1", "C2", "C3", "C6"}}};
    Contest contest(Bound(), [this](const std::string& name) {
      return access(safeguard_.PathOf(name).c_str(), F_OK) == 0;
    });
    Prepare(schedule.state, contest, by);
    contest.Run(schedule.choices);
    carried.result = JudgeOne(stage_, std::move(carried.result), [&] {
      JudgeSchedule(stage_, schedule.state, contest, has_pid_file_);
    });
    carried.turns = contest.turns();
    for (const Contest::Line& line : contest.story()) carried.returned.push_back(line.result);
    carried.cut_short = contest.cut_short();
    for (size_t i = 0; i < contest.size(); ++i) {
      carried.looks_beyond = carried.looks_beyond || contest.contender(i).LooksBeyond();
    }
    carried.result.reproduce = Schedule{schedule.state, ChoicesOf(carried.turns)}.Text();
    carried.result.evidence = StoryOf(contest);
    carried.result.evidence.insert(
        carried.result.evidence.begin(),
        "did " + std::string(Name(schedule.state)) + ": " +
            carried.result.reproduce.substr(carried.result.reproduce.find(':') + 1));
    return carried;
  }

  void Prepare(StartState state, Contest& contest, By by) {
    state == StartState::kStale ? stale_->Restore() : fresh_.Restore();
    int contenders = options_.contenders;
    if (state == StartState::kLiveOwner) contest.AddOwner(StartOwner(by));
    if (state == StartState::kStoppingOwner) {
      contest.AddStop(StartOwner(by));
      --contenders;
    }
    for (int i = 0; i < contenders; ++i) contest.AddStart(Start(PlanOf(i), by));
  }

  std::string Covered(StartState state, const Tally& tally) const {
    const std::string bound =
        options_.all ? "every order" : fmt::format("bound {}", options_.bound);
    std::string line = fmt::format("{:<15} {}, {} executed, {}; {} contenders, {}", Name(state),
                                   CountText(tally.schedules, "schedule"), tally.executed,
                                   CountText(tally.drifts, "drift"), options_.contenders, bound);
    if (tally.equal > 0) line += fmt::format("; {} equal to others", tally.equal);
    if (options_.compare) line += fmt::format("; {} compared with puppets", tally.simulated);
    return line;
  }

  void Conclude(StartState state, bool complete, const Tally& tally) {
    std::string line = Covered(state, tally);
    if (tally.broken.contains("C1")) {
      line += fmt::format("; a breach of C1 at {} ended it",
                          CountText(tally.preemptions, "preemption"));
    } else if (!complete || !tally.cut_short.empty()) {
      line += "; partly covered: " + tally.cut_short;
    }
    if (!only_real_.empty()) line += "; no puppet can stand in for this: " + only_real_;
    if (!model_.drift().empty()) line += "; no puppets after a drift: " + model_.drift();
    exploration_.covered.push_back(line);
    if (!tally.broken.empty()) return;
    exploration_.results.push_back({.scenario = std::string("race/") + Name(state),
                                    .family = "race",
                                    .clauses = {"C1", "C2", "C3", "C6"},
                                    .verdict = Verdict::kPass,
                                    .summary = line,
                                    .reproduce = std::string(Name(state)) + ":"});
  }

  Stage& stage_;
  const ExploreOptions& options_;
  bool has_pid_file_;
  Safeguard safeguard_;
  FreshState fresh_;
  std::optional<FreshState> stale_;
  Model model_;
  Equals equals_ = Equals::kAreKnown;
  bool with_puppets_;
  bool with_copies_;
  bool is_first_ = true;
  std::string only_real_;   // a reason why some schedules had to be
  std::vector<int> ports_;  // the owner's, then the contenders'
  Exploration exploration_;
  SoFar so_far_;
};

}  // namespace

Exploration ExploreSchedules(const Target& target, const Found& found,
                             const ExploreOptions& options) {
  std::vector<StageStory> stories;
  for (const auto& states : StatesOfStories()) {
    stories.emplace_back([&, states](Stage& stage) {
      return ScheduleExploration(stage, found, options).Run(states);
    });
  }
  if (!options.replay.empty()) stories.resize(1);
  return TellExplorations(target, options, "race/any", stories);
}

}  // namespace pidfall
