#include "harness/supervisor/openrc.h"

#include <fmt/format.h>

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
                                   rules_.respawn_max, rules_.respawn_delay.count());
    if (rules_.respawn_period == seconds(0)) return text;
    return fmt::format("{}, respawn_period={}", text, rules_.respawn_period.count());
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "rc-service start"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "rc-service stop"};
    if (!rules_.is_supervised) {
      return {std::nullopt, HowItEnded(last) + ": nobody looks after it"};
    }
    if (rules_.respawn_max > 0 && Respawns(history) > rules_.respawn_max) {
      return {std::nullopt, fmt::format("respawned more than {} times", rules_.respawn_max), true};
    }
    return {last.ended + rules_.respawn_delay, "respawned"};
  }

  // The default of --retry is TERM and five seconds.
  std::optional<SupervisorTime> ExitTimeout() const override { return seconds(5); }

 private:
  // supervise-daemon.c: without a period the count never goes back, however long a run was.
  int Respawns(const std::vector<EndedRun>& history) const {
    int count = 0;
    std::optional<SupervisorTime> first;
    for (const EndedRun& run : history) {
      if (!first) first = run.ended;
      if (rules_.respawn_period > seconds(0) && run.ended - *first > rules_.respawn_period) {
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

std::unique_ptr<Policy> MakeOpenrcPolicy(const OpenrcRules& rules, Service service) {
  service.job.marks.emplace("RC_SVCNAME", "pidfall");
  return std::make_unique<OpenrcPolicy>(rules, std::move(service));
}

}  // namespace pidfall
