#include "harness/tracer/exploration.h"

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "harness/process/elapsed.h"
#include "harness/run/pool.h"
#include "harness/run/verdict.h"
#include "harness/tracer/process_tree.h"

namespace pidfall {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Result, scenario, family, clauses, verdict, severity, kinds,
                                   summary, evidence, duration_ms, reproduce)

namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

// The environment variable is for tests: it stands for a machine without ptrace.
void NeedPtrace() {
  if (std::getenv("PIDFALL_NO_PTRACE") == nullptr) return;
  throw Skip("exploring needs ptrace (PIDFALL_NO_PTRACE is set)");
}

Exploration Only(const std::string& scenario, Verdict verdict, const std::string& why) {
  Result result{.scenario = scenario,
                .family = scenario.substr(0, scenario.find('/')),
                .verdict = verdict,
                .summary = why};
  return {.results = {result}};
}

Exploration Tell(const Target& target, const World& world, const std::string& scenario,
                 const StageStory& story, size_t index) {
  try {
    NeedPtrace();
    PinToOneProcessor(index);
    Stage stage(target, world);
    return story(stage);
  } catch (const Skip& skip) {
    return Only(scenario, Verdict::kSkip, skip.what());
  } catch (const std::exception& error) {
    return Only(scenario, Verdict::kBroken, error.what());
  }
}

json ToJson(const Exploration& found) {
  return {{"results", found.results}, {"covered", found.covered}};
}

Exploration FromJson(const json& told) { return {told["results"], told["covered"]}; }

Exploration Joined(const std::vector<Exploration>& parts) {
  Exploration all;
  for (const Exploration& part : parts) {
    all.results.insert(all.results.end(), part.results.begin(), part.results.end());
    all.covered.insert(all.covered.end(), part.covered.begin(), part.covered.end());
  }
  return all;
}

}  // namespace

void SoFar::Tell(const Exploration& found, const std::function<std::string()>& covered) {
  constexpr std::chrono::milliseconds kBetween{500};
  if (Clock::now() - told_ < kBetween) return;
  told_ = Clock::now();
  Exploration so_far = found;
  so_far.covered.push_back(covered());
  TellNews(ToJson(so_far));
}

Exploration TellExplorations(const Target& target, const ExploreOptions& options,
                             const std::string& scenario, const std::vector<StageStory>& stories) {
  constexpr int kMostParts = 2;  // of a story, each of which has this time
  constexpr std::chrono::minutes kBesides{30};
  const Duration bound = kMostParts * options.time.value_or(Duration::zero()) + kBesides;
  std::vector<Story> told;
  for (size_t i = 0; i < stories.size(); ++i) {
    const auto tell = [&, i](const World& world) {
      return ToJson(Tell(target, world, scenario, stories[i], i));
    };
    told.push_back({.sandbox = SandboxFor(target), .tell = tell, .bound = bound});
  }
  std::vector<Exploration> parts(stories.size());
  const auto on_news = [&](size_t index, const json& news) {
    parts[index] = FromJson(news);
    if (options.on_news) options.on_news(parts[index]);
    parts[index].covered.back() += "; interrupted";
  };
  const PoolOptions pool{.at_once = ProcessorCount(), .on_news = on_news};
  RunStories(told, pool, [&](size_t index, const StoryResult& outcome) {
    parts[index] = outcome.error.empty() ? FromJson(outcome.told)
                                         : Only(scenario, Verdict::kBroken, outcome.error);
  });
  return Joined(parts);
}

Result JudgeOne(Stage& stage, Result result, const std::function<void()>& judge) {
  const auto start = Clock::now();
  const size_t from = stage.evidence().lines().size();
  const StoryVerdict verdict = VerdictOn(stage, judge);
  if (verdict.verdict == Verdict::kSkip) throw Skip(verdict.summary);  // for one, for all
  Put(verdict, &result);
  const auto& lines = stage.evidence().lines();
  result.evidence.assign(lines.begin() + static_cast<ptrdiff_t>(from), lines.end());
  result.duration_ms = MillisecondsSince(start);
  return result;
}

}  // namespace pidfall
