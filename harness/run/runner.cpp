#include "harness/run/runner.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include "harness/process/elapsed.h"
#include "harness/run/keep.h"
#include "harness/run/pool.h"
#include "harness/run/verdict.h"
#include "harness/stage/stage.h"

namespace pidfall {

// A scenario's story, as it is told from inside its sandbox.
struct ToldStory {
  StoryVerdict verdict = {};
  std::vector<std::string> evidence = {};
  StoryTimes times = {};
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StoryTimes::Bar, phase, from_s, to_s)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StoryTimes::End, at_s, status)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StoryTimes::Mark, at_s, what)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StoryTimes::Lane, name, bars, ends, marks)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StoryTimes, duration_s, is_simulated, lanes, lines_s)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StoryVerdict, verdict, summary, severity, clause, kinds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ToldStory, verdict, evidence, times)

namespace {

// A scenario has bounds of its own; this one is for a scenario that forgot one. It leaves time for
// a few starts of the longest duration.
constexpr std::chrono::seconds kCaseBound{180};
constexpr int kMostStarts = 6;

std::chrono::seconds BoundOf(const Case& which) {
  return std::max(kCaseBound, kMostStarts * which.target.start_timeout);
}

std::vector<std::string> SplitClauses(std::string_view clauses) {
  std::vector<std::string> all;
  for (size_t at = 0; at < clauses.size();) {
    const size_t end = std::min(clauses.find(' ', at), clauses.size());
    all.emplace_back(clauses.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

// Only the target can have sent it, and only to all that it may signal: it does not know the
// story's process.
ToldStory TellOfSignal(const Scenario& scenario, int signal) {
  const bool by_stopping = scenario.clauses.find("C16") != std::string_view::npos;
  const std::string name = std::string("SIG") + sigabbrev_np(signal);
  return {.verdict = {.verdict = Verdict::kFail,
                      .summary = "the target sent " + name +
                                 " to every process that it may signal, as kill does for -1: it "
                                 "ended this test's own process, too",
                      .clause = by_stopping ? "C16" : "C5"},
          .evidence = {"saw the process that runs this scenario end by " + name +
                       ", so what it did and saw is lost"}};
}

// In the sandbox.
ToldStory Tell(const Case& which, const std::string& kept, const World& world) {
  Stage stage(which.target, world);
  ToldStory told;
  told.verdict = VerdictOn(stage, [&] {
    CheckNeeds(stage, which.scenario->needs);
    which.scenario->run(stage);
  });
  stage.Update();
  told.times = stage.evidence().chronicle().Times(stage);
  told.evidence = stage.evidence().lines();
  if (kept.empty()) return told;
  KeepFiles(world);
  told.evidence.push_back("kept " + kept);
  return told;
}

Story StoryOf(const Case& which, const RunOptions& options) {
  SandboxOptions sandbox = SandboxFor(which.target);
  sandbox.second_user = Includes(which.scenario->needs, need::kUserWherePossible);
  if (options.keep) sandbox.outside = MakeKeptFolder();
  const auto tell = [&which, kept = sandbox.outside](const World& world) {
    return Tell(which, kept, world);
  };
  return {.sandbox = std::move(sandbox), .tell = tell, .bound = BoundOf(which)};
}

Result Blank(const Case& which) {
  return {.scenario = std::string(which.scenario->id),
          .family = std::string(which.scenario->family()),
          .policy = std::string(which.scenario->policy),
          .clauses = SplitClauses(which.scenario->clauses),
          .reproduce = which.reproduce,
          .server = which.server,
          .guard = which.guard,
          .expected = which.expected};
}

Result NotConcerned(const Case& which, const std::string& lack) {
  Result result = Blank(which);
  result.verdict = Verdict::kNotApplicable;
  result.summary = lack;
  return result;
}

Result ResultOf(const Case& which, const StoryResult& outcome) {
  Result result = Blank(which);
  result.duration_ms = Milliseconds(outcome.took);
  result.summary = outcome.error;
  if (outcome.out_of_time) {
    result.verdict = Verdict::kSkip;
    result.summary = kTimeIsOver;
  }
  const bool was_signalled = outcome.ended_by != 0;
  if (!outcome.error.empty() && !was_signalled) return result;
  const ToldStory told = was_signalled ? TellOfSignal(*which.scenario, outcome.ended_by)
                                       : outcome.told.get<ToldStory>();
  Put(told.verdict, &result);
  result.evidence = told.evidence;
  result.times = told.times;
  return result;
}

// Leaves out the cases that were not judged before an interrupt.
std::vector<Result> Known(std::vector<std::optional<Result>> results) {
  std::vector<Result> known;
  for (auto& result : results) {
    if (result) known.push_back(std::move(*result));
  }
  return known;
}

}  // namespace

std::vector<Result> RunCases(const std::vector<Case>& cases, const RunOptions& options,
                             const std::function<void(const Result&)>& on_result) {
  std::vector<std::optional<Result>> results(cases.size());
  const auto report = [&](std::size_t index, Result result) {
    on_result(result);
    results[index] = std::move(result);
  };
  std::vector<Story> stories;
  std::vector<std::size_t> places;  // of the stories, among the cases
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (const auto lack = MissingPart(cases[i].target, cases[i].scenario->parts)) {
      report(i, NotConcerned(cases[i], *lack));
      continue;
    }
    stories.push_back(StoryOf(cases[i], options));
    places.push_back(i);
  }
  const PoolOptions pool{.at_once = options.jobs, .until = options.until};
  RunStories(stories, pool, [&](std::size_t story, const StoryResult& outcome) {
    report(places[story], ResultOf(cases[places[story]], outcome));
  });
  return Known(std::move(results));
}

}  // namespace pidfall
