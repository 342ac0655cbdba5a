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
      Explorer{.name = "crash",
               .row = {.id = "crash-point/any",
                       .clauses = "C2 C3 C5 C8",
                       .story = "SIGKILL before and after each call that touches the safeguard",
                       .harm = "One kill at the wrong moment, and the server does not come back by "
                               "itself."},
               .explore = ExploreCrashes,
               .check_replay = [](const std::string& text) { ParsePoint(text); }},
      Explorer{
          .name = "errors",
          .row = {.id = "errors/any",
                  .clauses = "C1 C3 C6 C8",
                  .story = "Each of those calls fails once, with each error that it may have",
                  .harm = "A full disk or a lack of descriptors, and two serve, or none does."},
          .explore = ExploreErrors,
          .check_replay = [](const std::string& text) { ParseInjection(text); }},
      Explorer{
          .name = "schedules",
          .row = {.id = "race/any",
                  .clauses = "C1 C2 C3 C6",
                  .story = "Starts and stops against each other, in every order of those calls",
                  .harm = "Two starts in the same moment, and two serve, or none does."},
          .explore = ExploreSchedules,
          .check_replay = [](const std::string& text) { ParseSchedule(text); },
          .all = "Every order: no bound on preemptions",
          .time = "Stop each start state after this time [1m]"},
  };
  return kAll;
}

const Explorer* ExplorerOf(std::string_view family) {
  const auto all = Explorers();
  const auto it = std::find_if(all.begin(), all.end(), [&](const Explorer& explorer) {
    return explorer.row.family() == family;
  });
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
