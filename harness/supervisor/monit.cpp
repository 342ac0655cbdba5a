#include "harness/supervisor/monit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

class MonitPolicy : public ServicePolicy {
 public:
  MonitPolicy(MonitRules rules, Service service)
      : ServicePolicy(std::move(service)), rules_(std::move(rules)) {}

  std::string Describe() const override {
    std::string text = "monit, a cycle of " + FormatDuration(rules_.cycle);
    for (const MonitLimit& limit : rules_.limits) {
      text += fmt::format(", {} restarts in {} cycles", limit.restarts, limit.cycles);
    }
    return rules_.never.empty() ? text : text + ", " + rules_.never;
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (!rules_.never.empty()) return {std::nullopt, rules_.never};
    if (history.empty()) return {SupervisorTime(0), "the first cycle"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "monit stop"};
    if (const MonitLimit* limit = LimitReached(history)) {
      return {std::nullopt,
              fmt::format("{} restarts within {} cycles", limit->restarts, limit->cycles), true};
    }
    return {CheckedAfter(last) + CyclesOf(last) * rules_.cycle, "the next cycle"};
  }

  // Its stop program is the user's own; monit sends nothing by itself.
  std::optional<SupervisorTime> ExitTimeout() const override { return std::nullopt; }

 private:
  // control.c, _waitProcessStart: after a start it looks for the process, for the first time after
  // RETRY_INTERVAL, and waits for one that it has not seen until the start's timeout is over. Only
  // then does the cycle begin (measured with 5.33: 32.3 s from start to start, of a cycle of 2 s).
  SupervisorTime CheckedAfter(const EndedRun& run) const {
    constexpr SupervisorTime kFirstLook = std::chrono::milliseconds(100);
    return run.started + (RunTime(run) < kFirstLook ? rules_.start_timeout : kFirstLook);
  }

  // From a start to the cycle that finds its process gone.
  SupervisorTime::rep CyclesOf(const EndedRun& run) const {
    return std::max<SupervisorTime>(run.ended - CheckedAfter(run), {}) / rules_.cycle + 1;
  }

  // validate.c, _checkTimeout: each cycle begins with the question whether there have been so many
  // starts, the first one included, in the cycles since that. When the cycles of every limit are
  // over, both counts are 0 again.
  const MonitLimit* LimitReached(const std::vector<EndedRun>& history) const {
    SupervisorTime::rep starts = 0, cycles = 0;
    for (const EndedRun& run : history) {
      ++starts;
      for (const MonitLimit& limit : rules_.limits) {
        if (starts >= limit.restarts && cycles + 1 <= limit.cycles) return &limit;
      }
      cycles += CyclesOf(run);
      const bool over = std::all_of(rules_.limits.begin(), rules_.limits.end(),
                                    [&](const MonitLimit& limit) { return cycles > limit.cycles; });
      if (over) starts = cycles = 0;
    }
    return nullptr;
  }

  MonitRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeMonitPolicy(const MonitRules& rules, Service service) {
  return std::make_unique<MonitPolicy>(rules, std::move(service));
}

}  // namespace pidfall
