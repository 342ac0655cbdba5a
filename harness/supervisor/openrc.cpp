#include "harness/supervisor/openrc.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

class OpenrcPolicy : public ServicePolicy {
 public:
  OpenrcPolicy(const OpenrcRules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override {
    if (!rules_.is_supervised) return "openrc start-stop-daemon: no restart";
    std::string text = fmt::format("openrc supervise-daemon respawn_max={}, respawn_delay={}",
                                   rules_.respawn_max, FormatDuration(rules_.respawn_delay));
    if (rules_.respawn_delay_step > SupervisorTime(0)) {
      text += fmt::format(" and {} more each time", FormatDuration(rules_.respawn_delay_step));
    }
    if (rules_.respawn_period == SupervisorTime(0)) return text;
    return fmt::format("{}, respawn_period={}", text, FormatDuration(rules_.respawn_period));
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "rc-service start"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "rc-service stop"};
    if (!rules_.is_supervised) {
      return {std::nullopt, HowItEnded(last) + ": nobody looks after it"};
    }
    const int respawns = Respawns(history);
    if (rules_.respawn_max > 0 && respawns > rules_.respawn_max) {
      return {std::nullopt, fmt::format("respawned more than {} times", rules_.respawn_max), true};
    }
    return {last.ended + DelayBefore(respawns), "respawned"};
  }

  // The default of --retry is TERM and five seconds.
  std::optional<SupervisorTime> ExitTimeout() const override { return seconds(5); }

 private:
  SupervisorTime DelayBefore(int respawn) const {
    const SupervisorTime delay = rules_.respawn_delay + rules_.respawn_delay_step * respawn;
    const bool is_capped = rules_.respawn_delay_step > SupervisorTime(0);
    return is_capped ? std::min(delay, rules_.respawn_delay_cap) : delay;
  }

  // supervise-daemon.c: without a period the count never goes back, however long a run was.
  int Respawns(const std::vector<EndedRun>& history) const {
    int count = 0;
    std::optional<SupervisorTime> first;
    for (const EndedRun& run : history) {
      if (!first) first = run.ended;
      if (rules_.respawn_period > SupervisorTime(0) && run.ended - *first > rules_.respawn_period) {
        count = 0;
        first.reset();
      } else {
        ++count;
      }
    }
    return count;
  }

  OpenrcRules rules_;
};

}  // namespace

OpenrcRules LaterOpenrcRules() {
  return {.respawn_period = seconds(12),
          .respawn_delay_step = std::chrono::milliseconds(128),
          .respawn_delay_cap = seconds(30)};
}

std::unique_ptr<Policy> MakeOpenrcPolicy(const OpenrcRules& rules, Service service) {
  service.job.marks.emplace("RC_SVCNAME", "pidfall");
  return std::make_unique<OpenrcPolicy>(rules, std::move(service));
}

}  // namespace pidfall
