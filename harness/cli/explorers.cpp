#include "harness/cli/explorers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "harness/cli/interrupt.h"
#include "harness/report/progress.h"
#include "harness/report/reproduce.h"
#include "harness/schedules/schedule.h"
#include "harness/schedules/schedules.h"
#include "harness/tracer/call.h"
#include "harness/tracer/crashes.h"
#include "harness/tracer/errors.h"
#include "harness/tracer/injection.h"

namespace pidfall {

std::span<const Explorer> Explorers() {
  static constexpr std::array kAll = {
      Explorer{"crash", "crash-point",
               "SIGKILL before and after each call that touches the safeguard", ExploreCrashes,
               [](const std::string& text) { ParsePoint(text); },
               "one kill at the wrong moment, and the server does not come back by itself"},
      Explorer{"errors", "errors",
               "Each of those calls fails once, with each error that it may have", ExploreErrors,
               [](const std::string& text) { ParseInjection(text); },
               "a full disk or a lack of descriptors, and two serve, or none does"},
      Explorer{
          "schedules", "race", "Starts and stops against each other, in every order of those calls",
          ExploreSchedules, [](const std::string& text) { ParseSchedule(text); },
          "two starts in the same moment, and two serve, or none does",
          "Every order: no bound on preemptions", "Stop each start state after this time [1m]"},
  };
  return kAll;
}

const Explorer* ExplorerOf(std::string_view family) {
  const auto all = Explorers();
  const auto it = std::find_if(all.begin(), all.end(),
                               [&](const Explorer& explorer) { return explorer.family == family; });
  return it == all.end() ? nullptr : &*it;
}

Exploration ExploreWithProgress(const Explorer& explorer, const Target& target, const Found& found,
                                ExploreOptions options, const TargetWords& again) {
  const InterruptGuard guard;
  Progress progress(stderr, 0);
  options.on_news = [&](const Exploration& so_far) {
    progress.Show(fmt::format("{:<8} {}", explorer.name, so_far.covered.back()));
  };
  Exploration exploration = explorer.explore(target, found, options);
  for (Result& result : exploration.results) {
    result.reproduce = ExploreCommandLine(
        again.program, {explorer.name, again.options, result.reproduce, target.command});
  }
  return exploration;
}

std::string CoveredText(const Explorer& explorer, const Exploration& found) {
  std::string text;
  for (const std::string& line : found.covered) {
    text += fmt::format("{:<8} {}\n", explorer.name, line);
  }
  return text;
}

}  // namespace pidfall
