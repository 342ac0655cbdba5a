#include "harness/incident/incidents_folder.h"

#include <algorithm>
#include <filesystem>

#include "harness/process/program_folder.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

bool IsUnder(const Incident& incident, const std::string& policy) {
  const std::string wanted = LookUpPolicy(policy)->Describe();
  for (const IncidentVariant& variant : incident.variants) {
    for (const Actor& actor : variant.plan.actors) {
      if (actor.policy && actor.policy->Describe() == wanted) return true;
    }
  }
  return false;
}

}  // namespace

std::string IncidentsFolder() {
  const std::string installed = ProgramFolder() + "/../share/pidfall/incidents";
  return std::filesystem::is_directory(installed) ? installed : PIDFALL_INCIDENTS;
}

std::vector<Incident> IncidentsLike(const std::string& mechanism, const std::string& policy) {
  std::vector<Incident> incidents = ReadIncidents(IncidentsFolder());
  std::erase_if(incidents, [&](const Incident& incident) {
    const bool alike = incident.mechanism.find(mechanism) != std::string::npos;
    return !alike || (!policy.empty() && !IsUnder(incident, policy));
  });
  return incidents;
}

}  // namespace pidfall
