#include "harness/supervisor/monit.h"

#include <algorithm>
#include <utility>

#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

class MonitPolicy : public ServicePolicy {
 public:
  MonitPolicy(const MonitRules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override {
    return "monit, a cycle of " + FormatDuration(rules_.cycle);
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "the first cycle"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "monit stop"};
    const SupervisorTime checked = last.started + CheckOf(last);
    const auto cycles = std::max<SupervisorTime>(last.ended - checked, {}) / rules_.cycle + 1;
    return {checked + cycles * rules_.cycle, "the next cycle"};
  }

  // Its stop program is the user's own; monit sends nothing by itself.
  std::optional<SupervisorTime> ExitTimeout() const override { return std::nullopt; }

 private:
  // control.c, _waitProcessStart: after a start it looks for the process, for the first time after
  // RETRY_INTERVAL, and waits for one that it has not seen until the start's timeout is over. Only
  // then does the cycle begin (measured with 5.33: 32.3 s from start to start, of a cycle of 2 s).
  static SupervisorTime CheckOf(const EndedRun& run) {
    constexpr SupervisorTime kFirstLook = std::chrono::milliseconds(100);
    constexpr SupervisorTime kStartTimeout = std::chrono::seconds(30);
    return RunTime(run) < kFirstLook ? kStartTimeout : kFirstLook;
  }

  MonitRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeMonitPolicy(const MonitRules& rules, Service service) {
  return std::make_unique<MonitPolicy>(rules, std::move(service));
}

}  // namespace pidfall
