#include "harness/supervisor/pm2.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// God.js: how a growing wait grows, its bound, and the run that makes it short again
// (EXP_BACKOFF_RESET_TIMER in constants.js).
constexpr SupervisorTime kLongestPm2Wait = milliseconds(15000);
constexpr SupervisorTime kCalmRun = seconds(30);

class Pm2Policy : public ServicePolicy {
 public:
  Pm2Policy(Pm2Rules rules, Service service)
      : ServicePolicy(std::move(service)), rules_(std::move(rules)) {}

  std::string Describe() const override {
    if (!rules_.autorestart) return "pm2 autorestart=false";
    return fmt::format("pm2 max_restarts={}{}{}", rules_.max_restarts,
                       Delay("restart_delay", rules_.restart_delay),
                       Delay("exp_backoff_restart_delay", rules_.exp_backoff));
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "pm2 start"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "pm2 stop"};
    if (!rules_.autorestart) return {std::nullopt, "autorestart=false"};
    // Node reports a signal's death as code null, which God.js makes 0.
    const int code = last.signal != 0 ? 0 : last.status;
    if (rules_.stop_exit_codes.count(code) != 0) {
      return {std::nullopt, fmt::format("{} is one of stop_exit_codes", HowItEnded(last))};
    }
    if (UnstableRuns(history) >= rules_.max_restarts) {
      return {std::nullopt, fmt::format("errored: {} unstable runs", rules_.max_restarts), true};
    }
    return {last.ended + WaitAfter(history), "autorestart"};
  }

  std::optional<SupervisorTime> ExitTimeout() const override { return rules_.kill_timeout; }

 private:
  static std::string Delay(const char* key, SupervisorTime delay) {
    return delay == SupervisorTime(0) ? "" : fmt::format(", {}={}", key, FormatDuration(delay));
  }

  // Counted only while the application is young: min_uptime x max_restarts since its creation.
  int UnstableRuns(const std::vector<EndedRun>& history) const {
    const SupervisorTime young = rules_.min_uptime * rules_.max_restarts;
    const SupervisorTime created = history.front().started;
    return static_cast<int>(std::count_if(history.begin(), history.end(), [&](const auto& run) {
      return run.ended - created < young && RunTime(run) < rules_.min_uptime;
    }));
  }

  SupervisorTime WaitAfter(const std::vector<EndedRun>& history) const {
    if (rules_.exp_backoff == SupervisorTime(0)) return rules_.restart_delay;
    SupervisorTime wait{0};
    for (const EndedRun& run : history) {
      if (RunTime(run) >= kCalmRun) wait = SupervisorTime(0);
      wait =
          wait == SupervisorTime(0) ? rules_.exp_backoff : std::min(wait * 3 / 2, kLongestPm2Wait);
    }
    return wait;
  }

  Pm2Rules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakePm2Policy(const Pm2Rules& rules, Service service) {
  service.job.marks.emplace("pm_id", "0");
  return std::make_unique<Pm2Policy>(rules, std::move(service));
}

}  // namespace pidfall
