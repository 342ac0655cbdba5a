// libFuzzer's target for the files of one supervisor: PIDFALL_PARSER is its name.
//
//   systemd_fuzz -runs=5000000
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "harness/input/bad_input.h"
#include "harness/supervisor/docker.h"
#include "harness/supervisor/kubernetes.h"
#include "harness/supervisor/launchd.h"
#include "harness/supervisor/monit.h"
#include "harness/supervisor/npm.h"
#include "harness/supervisor/openrc.h"
#include "harness/supervisor/pm2.h"
#include "harness/supervisor/procfile.h"
#include "harness/supervisor/supervisord.h"
#include "harness/supervisor/systemd.h"

namespace pidfall {
namespace {

// A policy of any file restarts at no time before the end of what it restarts.
void Use(const Policy& policy) {
  std::vector<EndedRun> history;
  SupervisorTime now{0};
  for (const int status : {0, 1, 75, 0}) {
    const auto at = policy.Next(history).start_at;
    if (at && *at < now) std::abort();
    now = at.value_or(now) + std::chrono::milliseconds(50);
    history.push_back({.started = at.value_or(now), .ended = now, .status = status});
  }
  if (policy.Describe().empty()) std::abort();
}

[[maybe_unused]] void Use(const std::vector<ProcfileEntry>& entries) {
  for (const ProcfileEntry& entry : entries) {
    if (entry.name.empty() || entry.command.empty() || entry.line <= 0) std::abort();
  }
}

[[maybe_unused]] void Use(const std::unique_ptr<Policy>& policy) { Use(*policy); }

}  // namespace

namespace parser {

using Text = std::string;

inline auto systemd(const Text& text) { return ParseSystemdUnit({{"f", text}}); }
inline auto supervisord(const Text& text) { return ParseSupervisordProgram("f", text, ""); }
inline auto procfile(const Text& text) { return ParseProcfile("f", text); }
inline auto launchd(const Text& text) { return ParseLaunchdPlist("f", text); }
inline auto compose(const Text& text) { return ParseComposeService("f", text, ""); }
inline auto kubernetes(const Text& text) { return ParseKubernetesManifest("f", text, ""); }
inline auto npm(const Text& text) { return ParsePackageJson("f", text); }
inline auto monit(const Text& text) { return ParseMonitProcess("f", text, ""); }
inline auto openrc(const Text& text) { return ParseOpenrcScript("f", text); }
inline auto pm2(const Text& text) { return ParsePm2Ecosystem("f", text, ""); }

}  // namespace parser
}  // namespace pidfall

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    pidfall::Use(pidfall::parser::PIDFALL_PARSER(text));
  } catch (const pidfall::BadInput& error) {
    if (std::string(error.what()).empty()) std::abort();
  }
  return 0;
}
