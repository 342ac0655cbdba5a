#include "harness/supervisor/daemontools.h"

#include <algorithm>
#include <utility>

#include "harness/supervisor/service_folder.h"

namespace pidfall {
namespace {

class DaemontoolsPolicy : public ServicePolicy {
 public:
  DaemontoolsPolicy(const DaemontoolsRules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override { return "daemontools"; }

  // supervise.c, trystart: the second counts from the start, not from the end.
  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty() && rules_.down) return {std::nullopt, "its folder has a file `down`"};
    if (history.empty()) return {SupervisorTime(0), "supervise"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "svc -d"};
    const SupervisorTime at = std::max(last.ended, last.started + std::chrono::seconds(1));
    return {at, "a second after its start"};
  }

  // `svc -d` sends TERM and CONT, and no KILL ever.
  std::optional<SupervisorTime> ExitTimeout() const override { return std::nullopt; }

 private:
  DaemontoolsRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeDaemontoolsPolicy(const DaemontoolsRules& rules, Service service) {
  return std::make_unique<DaemontoolsPolicy>(rules, std::move(service));
}

std::unique_ptr<Policy> ReadDaemontoolsFolder(const std::string& folder) {
  ServiceFolder read = ReadServiceFolder(folder, {"log"});
  return MakeDaemontoolsPolicy({.down = read.down}, std::move(read.service));
}

}  // namespace pidfall
