#include "harness/supervisor/launchd.h"

#include <fmt/format.h>
#include <signal.h>

#include <utility>

#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

// core.c 3739: launchd's definition of a crash. SIGKILL and SIGTERM are no crashes.
bool IsCrash(const EndedRun& run) {
  switch (run.signal) {
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
    case SIGFPE:
    case SIGBUS:
    case SIGSEGV:
    case SIGSYS:
      return !run.stopped;
    default:
      return false;
  }
}

class LaunchdPolicy : public ServicePolicy {
 public:
  LaunchdPolicy(const LaunchdRules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override {
    return fmt::format("{} {}, {}", IsModern() ? "macos" : "launchd", Reason(), ThrottleText());
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return AtLoad();
    const EndedRun& last = history.back();
    if (rules_.launch_only_once) return {std::nullopt, "LaunchOnlyOnce: it ran once"};
    if (WantedAfter(last)) return Throttled(last, last.ended, Reason());
    if (const auto tick = NextTick(last)) return Throttled(last, *tick, "StartInterval");
    return {std::nullopt, fmt::format("{} under {}", HowItEnded(last), Reason())};
  }

  Decision Asked(const std::vector<EndedRun>& history, SupervisorTime now) const override {
    if (history.empty()) return {now, "asked"};
    if (rules_.launch_only_once) return {std::nullopt, "LaunchOnlyOnce: it ran once"};
    return Throttled(history.back(), now, "asked");
  }

  // core.c 138: 20 s. Later ones say "Service did not exit 5 seconds after SIGTERM."
  std::optional<SupervisorTime> ExitTimeout() const override {
    const seconds timeout = rules_.exit_timeout.value_or(seconds(IsModern() ? 5 : 20));
    if (timeout == seconds(0)) return std::nullopt;
    return timeout;
  }
  bool EndsProcessGroup() const override { return !rules_.abandon_process_group; }

 private:
  bool IsModern() const { return rules_.era == LaunchdEra::kModern; }

  // core.c 2808 takes 0 as no throttle. Later ones: "ThrottleInterval set to zero. You're not that
  // important. Ignoring."
  seconds Throttle() const {
    return IsModern() && rules_.throttle == seconds(0) ? seconds(10) : rules_.throttle;
  }

  std::string ThrottleText() const {
    return Throttle() == seconds(0) ? "no throttle" : "throttle " + FormatDuration(Throttle());
  }

  // core.c 7559 knows NetworkState; launchd.plist(5) of later ones: no longer implemented. The
  // model assumes that there is a network.
  bool NetworkWants() const { return !IsModern() && rules_.network_state == true; }

  // core.c 6121: a dictionary with nothing else in it becomes KeepAlive=true after the first start.
  bool KeepsAliveAfterDemand() const {
    return rules_.after_initial_demand && !rules_.successful_exit && !rules_.crashed &&
           !rules_.network_state && !rules_.other_job_missing;
  }

  std::string Reason() const {
    if (rules_.keep_alive) return "KeepAlive=true";
    const std::string entries = Entries();
    if (!entries.empty()) return "KeepAlive={" + entries + "}";
    if (rules_.run_at_load) return "RunAtLoad";
    return rules_.start_interval > seconds(0) ? "StartInterval" : "on demand only";
  }

  std::string Entries() const {
    std::string entries;
    const auto add = [&entries](const char* key, bool value) {
      entries += fmt::format("{}{}={}", entries.empty() ? "" : ", ", key, value);
    };
    if (rules_.successful_exit) add("SuccessfulExit", *rules_.successful_exit);
    if (rules_.crashed) add("Crashed", *rules_.crashed);
    if (rules_.network_state) add("NetworkState", *rules_.network_state);
    if (rules_.other_job_missing) add("OtherJobEnabled", false);
    if (rules_.after_initial_demand) add("AfterInitialDemand", true);
    return entries;
  }

  // core.c 7570: SuccessfulExit and Crashed imply a start at load. AfterInitialDemand prevents
  // every start except a requested one (6125).
  Decision AtLoad() const {
    const bool implied = rules_.successful_exit || rules_.crashed;
    const bool wanted = rules_.keep_alive || rules_.run_at_load || implied || NetworkWants() ||
                        rules_.other_job_missing;
    if (rules_.after_initial_demand) return {std::nullopt, "AfterInitialDemand: nobody asked"};
    if (wanted) return {SupervisorTime(0), Reason()};
    if (rules_.start_interval > seconds(0)) return {rules_.start_interval, "StartInterval"};
    return {std::nullopt, "nothing in its plist starts it at load"};
  }

  // core.c 6121: the first reason that holds, so they are or-ed.
  bool WantedAfter(const EndedRun& last) const {
    if (rules_.keep_alive || KeepsAliveAfterDemand() || NetworkWants()) return true;
    if (rules_.other_job_missing) return true;
    if (rules_.successful_exit && *rules_.successful_exit == IsSuccess(last)) return true;
    return rules_.crashed && *rules_.crashed == IsCrash(last);
  }

  // core.c 2827: a timer that ticks from load on. A tick during a run is kept, once, and starts the
  // job at its end; launchd.plist(5) of later ones: it is missed.
  std::optional<SupervisorTime> NextTick(const EndedRun& last) const {
    const SupervisorTime interval = rules_.start_interval;
    if (interval <= SupervisorTime(0)) return std::nullopt;
    const bool ticked = last.ended / interval > last.started / interval;
    if (ticked && !IsModern()) return last.ended;
    return (last.ended / interval + 1) * interval;
  }

  // core.c 4405: the age is counted since the last start, in whole seconds, and so is the timer.
  // So a run of 3.3 s is followed by 7 s, and a period is never shorter than the throttle.
  Decision Throttled(const EndedRun& last, SupervisorTime now, const std::string& reason) const {
    const auto age = std::chrono::floor<seconds>(now - last.started);
    if (age >= Throttle()) return {now, reason};
    const seconds wait = Throttle() - age;
    return {now + wait, fmt::format("{}, throttled for {}", reason, FormatDuration(wait))};
  }

  LaunchdRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeLaunchdPolicy(const LaunchdRules& rules, Service service) {
  // By this variable a program can see that launchd started it.
  const std::string& label = service.job.label;
  service.job.marks.emplace("XPC_SERVICE_NAME", label.empty() ? "pidfall.job" : label);
  return std::make_unique<LaunchdPolicy>(rules, std::move(service));
}

}  // namespace pidfall
