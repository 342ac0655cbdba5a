#include "harness/supervisor/s6.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/supervisor/service_folder.h"

namespace pidfall {
namespace {

class S6Policy : public ServicePolicy {
 public:
  S6Policy(const S6Rules& rules, Service service)
      : ServicePolicy(std::move(service)), rules_(rules) {}

  std::string Describe() const override { return "s6"; }

  // s6-supervise.c: the next try is a second after the death, however long it ran. (With a
  // notification-fd it counts from readiness, which a short run has not reached.)
  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty() && rules_.down) return {std::nullopt, "its folder has a file `down`"};
    if (history.empty()) return {SupervisorTime(0), "s6-supervise"};
    const EndedRun& last = history.back();
    if (last.stopped) return {std::nullopt, "s6-svc -d"};
    return {last.ended + std::chrono::seconds(1), "a second after its end"};
  }

  std::optional<SupervisorTime> ExitTimeout() const override { return rules_.timeout_kill; }

 private:
  S6Rules rules_;
};

// In milliseconds; 0, or no file: never.
std::optional<SupervisorTime> TimeoutKill(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string digits;
  if (!(stream >> digits)) return std::nullopt;
  unsigned value = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || rest != end) {
    throw BadInput(file.string(), 1, "'" + digits + "' is no number of milliseconds");
  }
  if (value == 0) return std::nullopt;
  return std::chrono::milliseconds(value);
}

}  // namespace

std::unique_ptr<Policy> MakeS6Policy(const S6Rules& rules, Service service) {
  return std::make_unique<S6Policy>(rules, std::move(service));
}

std::unique_ptr<Policy> ReadS6Folder(const std::string& folder) {
  ServiceFolder read = ReadServiceFolder(
      folder, {"finish", "notification-fd", "max-death-tally", "lock-fd", "down-signal"});
  S6Rules rules{.down = read.down};
  rules.timeout_kill = TimeoutKill(std::filesystem::path(folder) / "timeout-kill");
  return MakeS6Policy(rules, std::move(read.service));
}

}  // namespace pidfall
