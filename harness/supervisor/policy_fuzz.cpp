// libFuzzer's target for the files of one supervisor: PIDFALL_SUPERVISOR is its name in the table.
//
//   systemd_fuzz -runs=5000000
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "harness/input/bad_input.h"
#include "harness/supervisor/supervisor_table.h"

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

// No name is that of the only service.
std::vector<std::string> Names(const SupervisorRow& supervisor, const std::string& text) {
  constexpr std::size_t kMostServices = 4;  // each is parsed anew
  std::vector<std::string> names;
  if (supervisor.names != nullptr) names = supervisor.names("f", text);
  if (names.size() > kMostServices) names.resize(kMostServices);
  names.emplace_back();
  return names;
}

template <typename Act>
void ExpectOnlyBadInput(const Act& act) {
  try {
    act();
  } catch (const BadInput& error) {
    if (std::string(error.what()).empty()) std::abort();
  }
}

void UseText(const SupervisorRow& supervisor, const std::string& text) {
  for (const std::string& name : Names(supervisor, text)) {
    ExpectOnlyBadInput([&] { Use(*supervisor.parse("f", text, name)); });
  }
}

}  // namespace
}  // namespace pidfall

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const pidfall::SupervisorRow& supervisor = *pidfall::SupervisorNamed(PIDFALL_SUPERVISOR);
  const std::string text(reinterpret_cast<const char*>(data), size);
  pidfall::ExpectOnlyBadInput([&] { pidfall::UseText(supervisor, text); });
  return 0;
}
