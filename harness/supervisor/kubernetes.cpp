#include "harness/supervisor/kubernetes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

// kubelet.go: MaxCrashLoopBackOff and backOffPeriod.
constexpr SupervisorTime kFirstBackOff = seconds(10);
constexpr SupervisorTime kLongestBackOff = seconds(300);
// backoff.go, hasExpired: an entry untouched for twice the longest wait is forgotten.
constexpr SupervisorTime kForgottenAfter = 2 * kLongestBackOff;

constexpr std::pair<const char*, PodRestart> kPodRestartNames[] = {
    {"Always", PodRestart::kAlways},
    {"OnFailure", PodRestart::kOnFailure},
    {"Never", PodRestart::kNever}};

const char* PodRestartName(PodRestart restart) {
  return std::find_if(std::begin(kPodRestartNames), std::end(kPodRestartNames),
                      [restart](const auto& entry) { return entry.second == restart; })
      ->first;
}

class KubernetesPolicy : public ServicePolicy {
 public:
  KubernetesPolicy(const KubernetesRules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override {
    return fmt::format("kubernetes restartPolicy={}", PodRestartName(rules_.restart));
  }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "scheduled"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "the pod was deleted"};
    if (!Wants(last)) {
      return {std::nullopt, fmt::format("{} under restartPolicy={}", HowItEnded(last),
                                        PodRestartName(rules_.restart))};
    }
    const SupervisorTime wait = WaitAfter(history);
    if (wait == SupervisorTime(0)) return {last.ended, "restarted at once"};
    return {last.ended + wait, "CrashLoopBackOff for " + FormatDuration(wait)};
  }

  std::optional<SupervisorTime> ExitTimeout() const override { return rules_.grace; }
  // A container ends with its first process.
  bool EndsProcessGroup() const override { return true; }

 private:
  bool Wants(const EndedRun& last) const {
    if (rules_.restart == PodRestart::kOnFailure) return !IsSuccess(last);
    return rules_.restart == PodRestart::kAlways;
  }

  // A container without an entry, or with a forgotten one, is restarted at once; that makes an
  // entry, whose time is the container's start.
  static SupervisorTime WaitAfter(const std::vector<EndedRun>& history) {
    SupervisorTime next{0};
    SupervisorTime wait{0};
    for (const EndedRun& run : history) {
      const bool forgotten = RunTime(run) > kForgottenAfter;
      wait = forgotten ? SupervisorTime(0) : next;
      next = wait == SupervisorTime(0) ? kFirstBackOff : std::min(2 * wait, kLongestBackOff);
    }
    return wait;
  }

  KubernetesRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeKubernetesPolicy(const KubernetesRules& rules, Service service) {
  return std::make_unique<KubernetesPolicy>(rules, std::move(service));
}

KubernetesRules ParsePodRestart(const std::string& where, const std::string& text) {
  for (const auto& [name, restart] : kPodRestartNames) {
    if (text == name) return {.restart = restart};
  }
  throw BadInput(fmt::format("{}: '{}' is none of Always, OnFailure and Never", where, text));
}

}  // namespace pidfall
