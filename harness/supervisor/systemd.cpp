#include "harness/supervisor/systemd.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

constexpr std::pair<const char*, SystemdRestart> kRestartNames[] = {
    {"no", SystemdRestart::kNo},
    {"on-success", SystemdRestart::kOnSuccess},
    {"on-failure", SystemdRestart::kOnFailure},
    {"on-abnormal", SystemdRestart::kOnAbnormal},
    {"on-watchdog", SystemdRestart::kOnWatchdog},
    {"on-abort", SystemdRestart::kOnAbort},
    {"always", SystemdRestart::kAlways}};

const char* RestartName(SystemdRestart restart) {
  return std::find_if(std::begin(kRestartNames), std::end(kRestartNames),
                      [restart](const auto& entry) { return entry.second == restart; })
      ->first;
}

enum class UnitResult { kSuccess, kExitCode, kSignal, kProtocol };

const char* ResultName(UnitResult result) {
  constexpr const char* kNames[] = {"success", "exit-code", "signal", "protocol"};
  return kNames[static_cast<int>(result)];
}

// systemd.service(5), SuccessExitStatus=: the signals that end a daemon cleanly, a oneshot not.
bool IsCleanSignal(int signal) {
  return signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE;
}

class SystemdPolicy : public ServicePolicy {
 public:
  SystemdPolicy(SystemdRules rules, Service service)
      : ServicePolicy(std::move(service)), rules_(std::move(rules)) {}

  std::string Describe() const override {
    return fmt::format("systemd Restart={}{}{}, {}", RestartName(rules_.restart), TypeText(),
                       DelayText(), LimitText());
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "systemctl start"};
    const EndedRun& last = history.back();
    if (Adopts(last)) {
      Decision decision{std::nullopt, "status 0: systemd takes the process in " + rules_.pid_file +
                                          " for this service, whatever started it"};
      decision.adopts = rules_.pid_file;
      return decision;
    }
    // service.c, service_enter_dead: an end of any kind removes the file.
    Decision decision = AfterEnd(history);
    decision.removes = rules_.pid_file;
    return decision;
  }

  // A start by hand counts for the limit too.
  Decision Asked(const std::vector<EndedRun>& history, SupervisorTime now) const override {
    return Limited(history, now, "asked");
  }

  std::optional<SupervisorTime> ExitTimeout() const override { return rules_.stop_timeout; }
  bool EndsProcessGroup() const override { return rules_.ends_cgroup; }

 private:
  std::string TypeText() const {
    if (rules_.type == SystemdType::kForking) return ", Type=forking";
    if (rules_.type == SystemdType::kNotify) return ", Type=notify";
    return rules_.type == SystemdType::kOneshot ? ", Type=oneshot" : "";
  }

  std::string DelayText() const {
    std::string first = ", RestartSec=" + FormatDuration(rules_.restart_sec);
    if (!HasSteps()) return first;
    return fmt::format("{} to {} in {} steps", first, FormatDuration(*rules_.restart_max_delay),
                       rules_.restart_steps);
  }

  std::string LimitText() const {
    if (!HasLimit()) return "no start limit";
    return fmt::format("{} starts in {}", rules_.start_limit_burst,
                       FormatDuration(rules_.start_limit_interval));
  }

  std::string Rest(const EndedRun& last, UnitResult result) const {
    return fmt::format("{} ({}) under Restart={}", HowItEnded(last), ResultName(result),
                       RestartName(rules_.restart));
  }

  Decision AfterEnd(const std::vector<EndedRun>& history) const {
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "stopped by hand"};
    const UnitResult result = ResultOf(last);
    if (!Wants(last, result)) return {std::nullopt, Rest(last, result)};
    const SupervisorTime delay = DelayBefore(history.size());
    return Limited(history, last.ended + delay, "restarted after " + FormatDuration(delay));
  }

  // service.c, service_load_pid_file: for a PID file that belongs to root, the process in it need
  // not be one of the service's. systemd sees no end of a process that is not its child.
  bool Adopts(const EndedRun& last) const {
    return ReadsPidFileAfter(last) && last.has_successor && !last.stopped;
  }

  bool ReadsPidFileAfter(const EndedRun& last) const {
    return rules_.type == SystemdType::kForking && !rules_.pid_file.empty() && IsSuccess(last);
  }

  // systemd.service(5): a notify service that ends before READY=1 has broken the protocol, and
  // status 0 does not help. Serving stands for READY=1. A forking service has where its PID file is
  // missing or names no process, and nothing of it runs (measured with 252).
  UnitResult ResultOf(const EndedRun& last) const {
    const bool clean = IsClean(last);
    if (rules_.type == SystemdType::kNotify && clean && !last.served) return UnitResult::kProtocol;
    if (ReadsPidFileAfter(last) && !last.has_successor) return UnitResult::kProtocol;
    if (clean) return UnitResult::kSuccess;
    return last.signal != 0 ? UnitResult::kSignal : UnitResult::kExitCode;
  }

  bool IsClean(const EndedRun& last) const {
    if (rules_.ignores_failure || rules_.success.Holds(last) || IsSuccess(last)) return true;
    return rules_.type != SystemdType::kOneshot && IsCleanSignal(last.signal);
  }

  // service.c, service_shall_restart, in its order.
  bool Wants(const EndedRun& last, UnitResult result) const {
    if (rules_.prevent.Holds(last)) return false;
    if (rules_.force.Holds(last)) return true;
    switch (rules_.restart) {
      case SystemdRestart::kNo:
      case SystemdRestart::kOnWatchdog:
        return false;
      case SystemdRestart::kAlways:
        return true;
      case SystemdRestart::kOnSuccess:
        return result == UnitResult::kSuccess;
      case SystemdRestart::kOnFailure:
        return result != UnitResult::kSuccess;
      case SystemdRestart::kOnAbnormal:
        return result == UnitResult::kSignal || result == UnitResult::kProtocol;
      case SystemdRestart::kOnAbort:
        return result == UnitResult::kSignal;
    }
    return false;
  }

  bool HasSteps() const {
    return rules_.restart_steps > 0 && rules_.restart_sec > SupervisorTime(0) &&
           rules_.restart_max_delay && *rules_.restart_max_delay > rules_.restart_sec;
  }

  // service.c of version 254, service_restart_usec_next. `restart` counts from 1.
  SupervisorTime DelayBefore(std::size_t restart) const {
    if (restart <= 1 || !HasSteps()) return rules_.restart_sec;
    if (restart > static_cast<std::size_t>(rules_.restart_steps)) return *rules_.restart_max_delay;
    const double growth = std::chrono::duration<double>(*rules_.restart_max_delay) /
                          std::chrono::duration<double>(rules_.restart_sec);
    const double share = static_cast<double>(restart - 1) / rules_.restart_steps;
    return std::chrono::duration_cast<SupervisorTime>(rules_.restart_sec * std::pow(growth, share));
  }

  bool HasLimit() const {
    return rules_.start_limit_interval > SupervisorTime(0) && rules_.start_limit_burst > 0;
  }

  // ratelimit.c: a fixed window, which the first start opens; not a sliding one.
  Decision Limited(const std::vector<EndedRun>& history, SupervisorTime at,
                   const std::string& why) const {
    if (!HasLimit()) return {at, why};
    std::optional<SupervisorTime> begin;
    int starts = 0;
    const auto count = [&](SupervisorTime start) {
      if (!begin || start - *begin > rules_.start_limit_interval) {
        begin = start;
        starts = 0;
      }
      ++starts;
    };
    for (const EndedRun& run : history) count(run.started);
    count(at);
    if (starts <= rules_.start_limit_burst) return {at, why};
    return {std::nullopt, "start-limit-hit: " + LimitText(), true};
  }

  SystemdRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeSystemdPolicy(const SystemdRules& rules, Service service) {
  service.job.pid_file = rules.pid_file;
  service.job.marks.emplace("INVOCATION_ID", "0123456789abcdef0123456789abcdef");
  return std::make_unique<SystemdPolicy>(rules, std::move(service));
}

std::optional<SystemdRestart> ParseSystemdRestart(std::string_view word) {
  for (const auto& [name, restart] : kRestartNames) {
    if (word == name) return restart;
  }
  return std::nullopt;
}

}  // namespace pidfall
