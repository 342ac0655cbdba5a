#include "harness/supervisor/launchd.h"

#include <fmt/format.h>
#include <signal.h>

#include <utility>

#include "harness/input/duration.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

// core.c 3739: what launchd calls a crash. SIGKILL and SIGTERM are none.
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

bool IsSuccess(const EndedRun& run) { return run.signal == 0 && run.status == 0; }

std::string HowItEnded(const EndedRun& run) {
  return run.signal != 0 ? fmt::format("signal {}", run.signal)
                         : fmt::format("status {}", run.status);
}

class LaunchdPolicy : public Policy {
 public:
  LaunchdPolicy(const LaunchdRules& rules, Job job, std::vector<std::string> notes)
      : rules_(rules), job_(std::move(job)), notes_(std::move(notes)) {}

  std::string Describe() const override {
    const std::string throttle = rules_.throttle == seconds(0)
                                     ? "no throttle"
                                     : "throttle " + FormatDuration(rules_.throttle);
    return fmt::format("launchd {}, {}", Reason(), throttle);
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return AtLoad();
    const EndedRun& last = history.back();
    if (rules_.launch_only_once) return {std::nullopt, "LaunchOnlyOnce: it ran once"};
    if (!WantedAfter(last)) {
      return {std::nullopt, fmt::format("{} under {}", HowItEnded(last), Reason())};
    }
    return Throttled(last, last.ended, Reason());
  }

  Decision Asked(const std::vector<EndedRun>& history, SupervisorTime now) const override {
    if (history.empty()) return {now, "asked"};
    if (rules_.launch_only_once) return {std::nullopt, "LaunchOnlyOnce: it ran once"};
    return Throttled(history.back(), now, "asked");
  }

  std::optional<SupervisorTime> ExitTimeout() const override {
    if (rules_.exit_timeout == seconds(0)) return std::nullopt;
    return rules_.exit_timeout;
  }
  bool EndsProcessGroup() const override { return !rules_.abandon_process_group; }
  const Job& job() const override { return job_; }
  const std::vector<std::string>& Notes() const override { return notes_; }

 private:
  std::string Reason() const {
    if (rules_.keep_alive) return "KeepAlive=true";
    const auto entry = [](const char* key, bool value) { return fmt::format("{}={}", key, value); };
    std::string entries;
    if (rules_.successful_exit) entries = entry("SuccessfulExit", *rules_.successful_exit);
    if (rules_.crashed) {
      entries += (entries.empty() ? "" : ", ") + entry("Crashed", *rules_.crashed);
    }
    if (!entries.empty()) return "KeepAlive={" + entries + "}";
    return rules_.run_at_load ? "RunAtLoad" : "on demand only";
  }

  Decision AtLoad() const {
    const bool implied = rules_.successful_exit || rules_.crashed;
    if (rules_.keep_alive || rules_.run_at_load || implied) return {SupervisorTime(0), Reason()};
    return {std::nullopt, "nothing in its plist starts it at load"};
  }

  bool WantedAfter(const EndedRun& last) const {
    if (rules_.keep_alive) return true;
    if (rules_.successful_exit && *rules_.successful_exit == IsSuccess(last)) return true;
    return rules_.crashed && *rules_.crashed == IsCrash(last);
  }

  // core.c 4405: the age is counted since the last start, in whole seconds, and so is the timer.
  // So a run of 3.3 s is followed by 7 s, and a period is never shorter than the throttle.
  Decision Throttled(const EndedRun& last, SupervisorTime now, const std::string& reason) const {
    const auto age = std::chrono::floor<seconds>(now - last.started);
    if (age >= rules_.throttle) return {now, reason};
    const seconds wait = rules_.throttle - age;
    return {now + wait, fmt::format("{}, throttled for {}", reason, FormatDuration(wait))};
  }

  LaunchdRules rules_;
  Job job_;
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<Policy> MakeLaunchdPolicy(const LaunchdRules& rules, Job job,
                                          std::vector<std::string> notes) {
  // How a program can tell that launchd started it.
  job.environment.emplace("XPC_SERVICE_NAME", job.label.empty() ? "pidfall.job" : job.label);
  return std::make_unique<LaunchdPolicy>(rules, std::move(job), std::move(notes));
}

}  // namespace pidfall
