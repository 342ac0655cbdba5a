#include "harness/report/starts.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/input/duration.h"

namespace pidfall {
namespace {

struct Run {
  std::string actor;
  StartEntry start;
  const ExitEntry* exit = nullptr;  // null: it ran to the end
};

// An actor has one run at a time, so its ends have the order of its starts.
std::vector<Run> Runs(const SimulationLog& log) {
  std::vector<Run> runs;
  for (const ActorLog& actor : log.actors) {
    for (size_t i = 0; i < actor.starts.size(); ++i) {
      const ExitEntry* exit = i < actor.exits.size() ? &actor.exits[i] : nullptr;
      runs.push_back({actor.name, actor.starts[i], exit});
    }
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const Run& one, const Run& other) { return one.start.at < other.start.at; });
  return runs;
}

std::string EndOf(const Run& run) {
  if (run.exit == nullptr) return "still runs";
  const std::string how = run.exit->signal != 0 ? fmt::format("signal {}", run.exit->signal)
                                                : fmt::format("status {}", run.exit->status);
  return fmt::format("{} after {}{}", how, FormatDuration(run.exit->at - run.start.at),
                     run.exit->provoked ? ", told to end" : "");
}

}  // namespace

std::string StartsText(const SimulationLog& log) {
  std::string text;
  for (const Run& run : Runs(log)) {
    text += fmt::format("{:<14}  {:<9}  pid {:<5}  {}\n", FormatDuration(run.start.at), run.actor,
                        run.start.pid, EndOf(run));
  }
  return text;
}

}  // namespace pidfall
