#include "harness/supervisor/docker.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/supervisor/ended_run.h"

namespace pidfall {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// restartmanager.go: backoffMultiplier, defaultTimeout, maxRestartTimeout.
constexpr int kGrowth = 2;
constexpr SupervisorTime kFirstWait = milliseconds(100);
constexpr SupervisorTime kLongestWait = minutes(1);
// "if the container ran for more than 10s, regardless of status and policy reset the timeout"
constexpr SupervisorTime kLongRun = seconds(10);

constexpr std::pair<const char*, DockerRestart> kDockerRestartNames[] = {
    {"no", DockerRestart::kNo},
    {"on-failure", DockerRestart::kOnFailure},
    {"always", DockerRestart::kAlways},
    {"unless-stopped", DockerRestart::kUnlessStopped}};

std::string DockerRestartName(const DockerRules& rules) {
  for (const auto& [name, restart] : kDockerRestartNames) {
    if (restart != rules.restart) continue;
    return rules.most_restarts > 0 ? fmt::format("{}:{}", name, rules.most_restarts) : name;
  }
  return "";
}

class DockerPolicy : public ServicePolicy {
 public:
  DockerPolicy(const DockerRules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override { return "docker restart " + DockerRestartName(rules_); }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "docker run"};
    const EndedRun& last = history.back();
    // `docker stop` cancels the restart manager, whatever the policy.
    if (last.stopped) return {std::nullopt, "stopped by hand"};
    if (!Wants(last)) {
      return {std::nullopt,
              fmt::format("{} under restart {}", HowItEnded(last), DockerRestartName(rules_))};
    }
    if (rules_.most_restarts > 0 && static_cast<int>(history.size()) > rules_.most_restarts) {
      return {std::nullopt, fmt::format("it was restarted {} times", rules_.most_restarts), true};
    }
    const SupervisorTime wait = WaitAfter(history);
    return {last.ended + wait, "waits for " + FormatDuration(wait)};
  }

  std::optional<SupervisorTime> ExitTimeout() const override { return rules_.stop_grace; }
  // A container ends with its first process.
  bool EndsProcessGroup() const override { return true; }

 private:
  // A signal is an exit code of 128 and more to Docker.
  bool Wants(const EndedRun& last) const {
    if (rules_.restart == DockerRestart::kOnFailure) return !IsSuccess(last);
    return rules_.restart != DockerRestart::kNo;
  }

  static SupervisorTime WaitAfter(const std::vector<EndedRun>& history) {
    SupervisorTime wait{0};
    for (const EndedRun& run : history) {
      if (RunTime(run) >= kLongRun) wait = SupervisorTime(0);
      wait = wait == SupervisorTime(0) ? kFirstWait : std::min(wait * kGrowth, kLongestWait);
    }
    return wait;
  }

  DockerRules rules_;
};

int ParseRestarts(const std::string& where, const std::string& digits) {
  int count = -1;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, count);
  if (error != std::errc() || rest != end || count < 0) {
    throw BadInput(fmt::format("{}: '{}' is no number of restarts", where, digits));
  }
  return count;
}

}  // namespace

std::unique_ptr<Policy> MakeDockerPolicy(const DockerRules& rules, Service service) {
  return std::make_unique<DockerPolicy>(rules, std::move(service));
}

DockerRules ParseDockerRestart(const std::string& where, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string word = text.substr(0, colon);
  for (const auto& [name, restart] : kDockerRestartNames) {
    if (word != name) continue;
    DockerRules rules{.restart = restart};
    if (colon == std::string::npos) return rules;
    if (restart != DockerRestart::kOnFailure) {
      throw BadInput(fmt::format("{}: only on-failure takes a number of restarts", where));
    }
    rules.most_restarts = ParseRestarts(where, text.substr(colon + 1));
    return rules;
  }
  throw BadInput(fmt::format("{}: '{}' is none of no, on-failure[:N], always and unless-stopped",
                             where, text));
}

}  // namespace pidfall
