#include "harness/supervisor/runit.h"

#include <utility>

#include "harness/supervisor/ended_run.h"
#include "harness/supervisor/service_folder.h"

namespace pidfall {
namespace {

class RunitPolicy : public ServicePolicy {
 public:
  RunitPolicy(const RunitRules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override { return "runit"; }

  // runsv.c: after a run shorter than a second it sleeps for one. No status is looked at.
  Decision Next(const std::vector<EndedRun>& history) const override {
    constexpr std::chrono::seconds kSecond(1);
    if (history.empty() && rules_.down) return {std::nullopt, "its folder has a file `down`"};
    if (history.empty()) return {SupervisorTime(0), "runsv"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "sv down"};
    if (RunTime(last) < kSecond) return {last.ended + kSecond, "it ran for less than a second"};
    return {last.ended, "restarted at once"};
  }

  // `sv down` sends TERM and CONT, and no KILL ever.
  std::optional<SupervisorTime> ExitTimeout() const override { return std::nullopt; }

 private:
  RunitRules rules_;
};

}  // namespace

std::unique_ptr<Policy> MakeRunitPolicy(const RunitRules& rules, Service service) {
  return std::make_unique<RunitPolicy>(rules, std::move(service));
}

std::unique_ptr<Policy> ReadRunitFolder(const std::string& folder) {
  ServiceFolder read = ReadServiceFolder(folder, {"finish", "control", "check", "log"});
  return MakeRunitPolicy({.down = read.down}, std::move(read.service));
}

}  // namespace pidfall
