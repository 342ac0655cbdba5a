#include "harness/supervisor/supervisord.h"

#include <fmt/format.h>

#include <utility>

#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

// supervisord.py, runforever: a turn of its loop first starts what is due, then takes note of ended
// children, so a restart waits for the next turn. Of a quiet supervisord that is the second which
// its poll lasts (measured with 4.2.5, startsecs=0 included); output of any program makes it
// sooner.
constexpr SupervisorTime kLoopTurn = seconds(1);

const char* AutorestartName(SupervisordRestart restart) {
  if (restart == SupervisordRestart::kNever) return "false";
  return restart == SupervisordRestart::kAlways ? "true" : "unexpected";
}

class SupervisordPolicy : public ServicePolicy {
 public:
  SupervisordPolicy(SupervisordRules rules, Service service)
      : ServicePolicy(std::move(service)), rules_(std::move(rules)) {}

  std::string Describe() const override {
    return fmt::format("supervisord autorestart={}, startsecs={}, startretries={}",
                       AutorestartName(rules_.restart),
                       std::chrono::floor<seconds>(rules_.start_secs).count(),
                       rules_.start_retries);
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return AtLoad();
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "stopped by hand"};
    const int tries = QuickExitsInARow(history);
    if (tries > 0) return BackOff(last, tries);
    if (Wants(last)) return {last.ended + kLoopTurn, "EXITED"};
    return {std::nullopt, fmt::format("{} under autorestart={}", HowItEnded(last),
                                      AutorestartName(rules_.restart))};
  }

  std::optional<SupervisorTime> ExitTimeout() const override { return rules_.stop_wait; }

 private:
  Decision AtLoad() const {
    if (rules_.autostart) return {SupervisorTime(0), "autostart"};
    return {std::nullopt, "autostart=false"};
  }

  // process.py, finish: a run shorter than startsecs is BACKOFF, whatever its status and whatever
  // autorestart says. A longer one makes the count 0 again.
  int QuickExitsInARow(const std::vector<EndedRun>& history) const {
    int tries = 0;
    for (const EndedRun& run : history) {
      tries = RunTime(run) < rules_.start_secs ? tries + 1 : 0;
    }
    return tries;
  }

  // process.py, change_state and transition: the n-th try waits for n seconds.
  Decision BackOff(const EndedRun& last, int tries) const {
    if (tries > rules_.start_retries) {
      return {std::nullopt, fmt::format("FATAL: exited too quickly {} times", tries), true};
    }
    const seconds wait(tries);
    return {last.ended + wait, "BACKOFF for " + FormatDuration(wait)};
  }

  // A signal is never an expected exit (its status counts as -1).
  bool Wants(const EndedRun& last) const {
    if (rules_.restart == SupervisordRestart::kAlways) return true;
    if (rules_.restart == SupervisordRestart::kNever) return false;
    return last.signal != 0 || rules_.exit_codes.count(last.status) == 0;
  }

  SupervisordRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeSupervisordPolicy(const SupervisordRules& rules, Service service) {
  service.job.marks.emplace("SUPERVISOR_ENABLED", "1");
  service.job.marks.emplace("SUPERVISOR_PROCESS_NAME",
                            service.job.label.empty() ? "pidfall" : service.job.label);
  return std::make_unique<SupervisordPolicy>(rules, std::move(service));
}

}  // namespace pidfall
