// libFuzzer's target for incident files.
//
//   incident_fuzz -runs=5000000
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "harness/incident/incident.h"
#include "harness/incident/incident_file.h"
#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

// The replay relies on this in any file: each variant has every actor, an outcome for every guard,
// and no event outside its time.
void Use(const Incident& incident) {
  for (const IncidentVariant& variant : incident.variants) {
    if (variant.plan.actors.size() != incident.actors.size()) std::abort();
    if (variant.expected.size() != incident.guards.size()) std::abort();
    for (const Event& event : variant.plan.events) {
      const bool has_actor = event.actor < std::max<std::size_t>(variant.plan.actors.size(), 1);
      if (event.at.count() < 0 || event.at >= variant.plan.duration || !has_actor) std::abort();
    }
  }
  for (const IncidentGuard& guard : incident.guards) ActorsOf(incident, guard, "/servers");
}

}  // namespace
}  // namespace pidfall

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    pidfall::Use(pidfall::ParseIncident("/nowhere/f.toml", text));
  } catch (const pidfall::BadInput& error) {
    if (std::string(error.what()).empty()) std::abort();
  }
  return 0;
}
