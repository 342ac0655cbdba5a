#include "harness/run/runner.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/stage/stage.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

// A scenario has bounds of its own; this one is for a scenario that forgot one. It allows for a few
// starts that take all the time they may.
constexpr std::chrono::seconds kCaseBound{180};
constexpr int kMostStarts = 6;

std::chrono::seconds BoundOf(const Case& which) {
  return std::max(kCaseBound, kMostStarts * which.target.start_timeout);
}

std::atomic<bool> interrupted = false;

std::vector<std::string> SplitClauses(std::string_view clauses) {
  std::vector<std::string> all;
  for (size_t at = 0; at < clauses.size();) {
    const size_t end = std::min(clauses.find(' ', at), clauses.size());
    all.emplace_back(clauses.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

void PutFirst(std::vector<std::string>& clauses, const std::string& seen) {
  std::erase(clauses, seen);
  clauses.insert(clauses.begin(), seen);
}

json Told(Verdict verdict, const std::string& summary, Stage* stage = nullptr) {
  json told = {{"verdict", static_cast<int>(verdict)}, {"summary", summary}};
  if (stage != nullptr) told["evidence"] = stage->evidence().lines();
  return told;
}

json TellFail(Severity severity, const std::string& clause, const std::string& summary,
              Stage& stage) {
  json told = Told(Verdict::kFail, summary, &stage);
  told["severity"] = static_cast<int>(severity);
  told["clause"] = clause;
  return told;
}

json TellPassOrWeakness(Stage& stage) {
  if (stage.evidence().weaknesses().empty()) return Told(Verdict::kPass, "", &stage);
  const auto& first = stage.evidence().weaknesses().front();
  return TellFail(Severity::kWeakness, first.clause, first.summary, stage);
}

json TellOn(Stage& stage, const Scenario& scenario) {
  try {
    scenario.run(stage);
    return TellPassOrWeakness(stage);
  } catch (const Breach& breach) {
    return TellFail(Severity::kBreach, breach.clause, breach.what(), stage);
  } catch (const Skip& skip) {
    return Told(Verdict::kSkip, skip.what(), &stage);
  } catch (const NotApplicable& reason) {
    return Told(Verdict::kNotApplicable, reason.what(), &stage);
  } catch (const std::exception& error) {
    return Told(Verdict::kBroken, error.what(), &stage);
  }
}

std::string KeepFiles(const World& world) {
  std::string kept = (std::filesystem::temp_directory_path() / "pidfall-kept-XXXXXX").string();
  if (mkdtemp(kept.data()) == nullptr) return "";
  std::error_code ignored;  // a FIFO or a device stays behind
  std::filesystem::copy(world.folder, kept, std::filesystem::copy_options::recursive, ignored);
  return kept;
}

// In the director.
std::string Tell(const Case& which, const RunOptions& options, const World& world) {
  json told;
  try {
    Stage stage(which.target, world);
    told = TellOn(stage, *which.scenario);
  } catch (const std::exception& error) {
    told = Told(Verdict::kBroken, error.what());
  }
  if (options.keep) told["evidence"].push_back("kept " + KeepFiles(world));
  return told.dump(-1, ' ', false, json::error_handler_t::replace);
}

// In the harness: one case under way.
struct Running {
  size_t index = 0;
  Sandbox sandbox;
  std::string heard;
  Clock::time_point started = Clock::now();
  std::chrono::seconds bound = kCaseBound;
};

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

void Fill(Result& result, const std::string& heard) {
  const json told = json::parse(heard, nullptr, false);
  if (told.is_discarded()) {
    result.summary = "the scenario's own process ended before it gave a verdict";
    return;
  }
  result.verdict = static_cast<Verdict>(told["verdict"].get<int>());
  result.summary = told["summary"];
  result.evidence = told.value("evidence", std::vector<std::string>());
  if (result.verdict != Verdict::kFail) return;
  result.severity = static_cast<Severity>(told["severity"].get<int>());
  PutFirst(result.clauses, told["clause"]);
}

class Runner {
 public:
  Runner(const std::vector<Case>& cases, const RunOptions& options,
         const std::function<void(const Result&)>& on_result)
      : cases_(cases), options_(options), on_result_(on_result), results_(cases.size()) {}

  std::vector<Result> Run() {
    while (!Interrupted() && (next_ < cases_.size() || !running_.empty())) {
      while (next_ < cases_.size() && running_.size() < static_cast<size_t>(options_.jobs)) {
        StartNext();
      }
      AwaitSome();
    }
    for (Running& running : running_) running.sandbox.Close();
    return Known();
  }

 private:
  void StartNext() {
    const Case& which = cases_[next_];
    if (const auto lack = MissingPart(which.target, which.scenario->parts)) {
      return Report(next_++, NotConcerned(which, *lack));
    }
    Running running{.index = next_++, .bound = BoundOf(which)};
    SandboxOptions sandbox = SandboxFor(which.target);
    sandbox.second_user = which.scenario->users == Users::kTwo;
    try {
      running.sandbox =
          Sandbox::Open(sandbox, [&](const World& world) { return Tell(which, options_, world); });
      running_.push_back(std::move(running));
    } catch (const std::exception& error) {
      Result result = Blank(which);
      result.summary = std::string("the sandbox could not be made: ") + error.what();
      Report(running.index, std::move(result));
    }
  }

  void AwaitSome() {
    if (running_.empty()) return;
    std::vector<pollfd> events;
    for (const Running& running : running_) events.push_back({running.sandbox.result(), POLLIN, 0});
    poll(events.data(), events.size(), MillisecondsLeft());
    for (size_t i = events.size(); i-- > 0;) {
      const bool over = Clock::now() - running_[i].started > running_[i].bound;
      if ((events[i].revents != 0 && Hear(running_[i])) || over) Finish(i, over);
    }
  }

  int MillisecondsLeft() const {
    Clock::time_point first = Clock::time_point::max();
    for (const Running& running : running_) {
      first = std::min(first, running.started + running.bound);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0)) + 1;
  }

  // True at the end of what the director has to say.
  static bool Hear(Running& running) {
    std::array<char, 4096> chunk{};
    const ssize_t n = read(running.sandbox.result(), chunk.data(), chunk.size());
    if (n > 0) running.heard.append(chunk.data(), static_cast<size_t>(n));
    return n <= 0;
  }

  void Finish(size_t position, bool over) {
    Running running = std::move(running_[position]);
    running_.erase(running_.begin() + static_cast<ptrdiff_t>(position));
    Result result = Blank(cases_[running.index]);
    const std::chrono::duration<double, std::milli> took = Clock::now() - running.started;
    result.duration_ms = took.count();
    if (over) {
      result.summary = "no verdict within " + std::to_string(running.bound.count()) + " s";
    } else {
      Fill(result, running.heard);
    }
    running.sandbox.Close();
    Report(running.index, std::move(result));
  }

  void Report(size_t index, Result result) {
    on_result_(result);
    results_[index] = std::move(result);
  }

  std::vector<Result> Known() {
    std::vector<Result> known;
    for (auto& result : results_) {
      if (result) known.push_back(std::move(*result));
    }
    return known;
  }

  const std::vector<Case>& cases_;
  const RunOptions& options_;
  const std::function<void(const Result&)>& on_result_;
  std::vector<std::optional<Result>> results_;
  std::deque<Running> running_;
  size_t next_ = 0;
};

}  // namespace

std::vector<Result> RunCases(const std::vector<Case>& cases, const RunOptions& options,
                             const std::function<void(const Result&)>& on_result) {
  return Runner(cases, options, on_result).Run();
}

void InterruptRuns() { interrupted = true; }
bool Interrupted() { return interrupted; }

}  // namespace pidfall
