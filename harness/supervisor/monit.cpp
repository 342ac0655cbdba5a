#include "harness/supervisor/monit.h"

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
    const auto cycles = last.ended / rules_.cycle + 1;
    return {cycles * rules_.cycle, "the next cycle"};
  }

  // Its stop program is the user's own; monit sends nothing by itself.
  std::optional<SupervisorTime> ExitTimeout() const override { return std::nullopt; }

 private:
  MonitRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeMonitPolicy(const MonitRules& rules, Service service) {
  return std::make_unique<MonitPolicy>(rules, std::move(service));
}

}  // namespace pidfall
