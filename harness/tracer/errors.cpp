#include "harness/tracer/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <set>

#include "harness/input/duration.h"
#include "harness/stage/expect.h"
#include "harness/stage/quotation.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/tracer/fresh_state.h"
#include "harness/tracer/injection.h"
#include "harness/tracer/walk.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

class ErrorSweep {
 public:
  ErrorSweep(Stage& stage, const ExploreOptions& options, bool beside_owner)
      : stage_(stage),
        options_(options),
        beside_owner_(beside_owner),
        safeguard_(SafeguardOf(stage)),
        fresh_(safeguard_) {}

  Exploration Run() {
    if (!options_.replay.empty()) {
      exploration_.results.push_back(Judge(ParseInjection(options_.replay)));
      exploration_.covered.push_back("1 error, as asked for");
      return std::move(exploration_);
    }
    const auto all = Injections();
    for (const Injection& injection : all) {
      if (Clock::now() - began_ > options_.time.value_or(kTimeForAll)) break;
      exploration_.results.push_back(Judge(injection));
      so_far_.Tell(exploration_, [&] {
        return fmt::format("{} of {} errors{}", exploration_.results.size(), all.size(),
                           beside_owner_ ? " beside an owner" : "");
      });
    }
    SayWhatWasCovered(all.size());
    return std::move(exploration_);
  }

 private:
  std::vector<Injection> Injections() {
    std::vector<Injection> all;
    fresh_.Restore();
    if (beside_owner_) stage_.StartOwner({.pid = PidToAskFor(stage_, kOwnerPid)});
    {
      Walk walk(stage_, safeguard_, {.pid = PidToAskFor(stage_, kFirstPid)});
      walk.Through([&](const Point& point, const NamedCall&) {
        if (point.after) return false;
        for (const Injection& one : InjectionsFor(beside_owner_, point.phase, point.call)) {
          all.push_back(one);
        }
        ++calls_;
        return false;
      });
      if (!beside_owner_ && !walk.rested()) throw Broken("under trace it never served");
      cut_short_ = walk.cut_short();
    }
    stage_.EndAll();
    return all;
  }

  Result Judge(const Injection& injection) {
    const Result blank{.scenario = "errors/" + injection.Text(),
                       .family = "errors",
                       .clauses = {"C8", "C3", "C1"},
                       .reproduce = injection.Text()};
    Result result = JudgeOne(stage_, blank, [&] { Impair(injection); });
    stage_.EndAll();
    return result;
  }

  void Impair(const Injection& injection) {
    fresh_.Restore();
    if (!injection.beside_owner) return ImpairAlone(injection);
    Instance& owner = stage_.StartOwner({.pid = PidToAskFor(stage_, kOwnerPid)});
    const FileState before = ReadState(stage_.pid_file());
    Walk walk(stage_, safeguard_, {.pid = PidToAskFor(stage_, kFirstPid)});
    Follow(walk, injection);
    Require(!walk.start().Serves(), "C1", "X serves beside the owner " + owner.name());
    walk.start().Kill();
    ExpectOneOwner(stage_, owner);
    ExpectUnchanged(stage_, stage_.pid_file(), before, "C6", injection.Text());
  }

  void ImpairAlone(const Injection& injection) {
    {
      Walk walk(stage_, safeguard_, {.pid = PidToAskFor(stage_, kFirstPid)});
      Follow(walk, injection);
      if (injection.phase == Point::kStart) {
        ExpectFailsClosed(walk, injection);
      } else {
        Require(walk.start().Processes().empty(), "C12", "X does not end on SIGTERM");
      }
      walk.start().Kill();
    }
    const bool is_new =
        proven_.insert(LeftBehind(safeguard_, PidToAskFor(stage_, kFirstPid))).second;
    if (!is_new && !options_.all) return;
    Instance& next = stage_.Start({.pid = PidToAskFor(stage_, kNextPid)});
    ExpectServes(stage_, next, "C3",
                 "no call fails now; the start before failed at " + injection.Text());
  }

  // The call fails, and the target goes on until it rests or ends.
  void Follow(Walk& walk, const Injection& injection) {
    stage_.Did(
        fmt::format("start X under trace (pid {}); {}", walk.start().pid(), injection.Text()));
    bool done = false;
    const auto visit = [&](const Point& at, const NamedCall& call) {
      if (at.after) stage_.Saw("X " + call.Text());
      if (!at.after && !done && at.phase == injection.phase && at.call == injection.call) {
        done = true;
        MakeItFail(walk.start(), injection);
      }
      return false;
    };
    injection.phase == Point::kStart ? walk.ThroughStart(visit) : walk.Through(visit);
    if (!done) throw Broken("it never came to " + injection.call.Text() + " this time");
  }

  static void MakeItFail(TracedStart& start, const Injection& injection) {
    if (injection.error == 0) return start.ShortenCall();
    start.FailCall(injection.error, IsMadeAllTheSame(injection));
  }

  void ExpectFailsClosed(Walk& walk, const Injection& injection) {
    TracedStart& start = walk.start();
    if (start.ending() && start.Processes().empty()) return ExpectEndedWell(start, injection);
    if (walk.rested() && ServesInPart(start)) {
      if (!start.Serves()) ExpectLackNamed(start, injection);
      return ExpectGuarded(start);
    }
    Require(walk.rested(), "C8", "X " + walk.cut_short());
    Require(SpeaksOfAnOwner(injection), "C8", "X waits as if an owner were there");
  }

  bool ServesInPart(const TracedStart& start) const {
    return pidfall::ServesInPart(stage_, start.Processes(), stage_.port());
  }

  // Many machines have no IPv6: that is no failure.
  void ExpectLackNamed(TracedStart& start, const Injection& injection) {
    const int error = injection.error;
    Require(error == EADDRNOTAVAIL || error == EAFNOSUPPORT || !start.Output().empty(), "C8",
            "X silently does without an address");
  }

  void ExpectEndedWell(TracedStart& start, const Injection& injection) {
    const Ending ending = *start.ending();
    const std::string how = ending.Describe() + " and printed " + Printed(start.Output());
    stage_.Saw("X ended with " + how);
    if (SpeaksOfAnOwner(injection)) return;
    ExpectEndsAsFailure(stage_, ending, "C8", how);
    Prefer(stage_, !start.Output().empty(), "C8", "a start that failed says nothing");
  }

  void ExpectGuarded(TracedStart& start) {
    stage_.Saw("X serves all the same");
    Instance& duplicate = stage_.Start({.pid = PidToAskFor(stage_, kDuplicatePid)});
    const Outcome outcome = Settle(stage_, duplicate);
    Require(outcome != Outcome::kServes, "C1",
            "X carried on without its safeguard: " + duplicate.name() + " serves as well");
    Require(ServesInPart(start), "C1", "X no longer serves once a duplicate was started");
    stage_.EndAll();
  }

  void SayWhatWasCovered(size_t wanted) {
    const size_t judged = exploration_.results.size();
    exploration_.covered.push_back(fmt::format(
        "{} {} errors at {} calls", beside_owner_ ? "beside an owner:" : "alone:", judged, calls_));
    if (judged < wanted) {
      const auto time = FormatDuration(options_.time.value_or(kTimeForAll));
      cut_short_ = fmt::format("{} errors not tried in {}", wanted - judged, time);
    }
    if (!cut_short_.empty()) exploration_.covered.push_back("partly covered: " + cut_short_);
  }

  Stage& stage_;
  const ExploreOptions& options_;
  bool beside_owner_;
  const Clock::time_point began_ = Clock::now();
  Safeguard safeguard_;
  FreshState fresh_;
  std::set<std::string> proven_;  // files left behind, after which a start served
  std::string cut_short_;
  int calls_ = 0;
  Exploration exploration_;
  SoFar so_far_;
};

}  // namespace

Exploration ExploreErrors(const Target& target, const Found& /*found*/,
                          const ExploreOptions& options) {
  std::vector<StageStory> stories;
  for (const bool beside_owner : {false, true}) {
    stories.emplace_back(
        [&, beside_owner](Stage& stage) { return ErrorSweep(stage, options, beside_owner).Run(); });
  }
  if (!options.replay.empty()) stories.pop_back();
  return TellExplorations(target, options, "errors/any", stories);
}

}  // namespace pidfall
