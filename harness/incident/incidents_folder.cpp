#include "harness/incident/incidents_folder.h"

#include <cctype>
#include <filesystem>
#include <functional>

#include "harness/incident/incident_file.h"
#include "harness/input/text_parts.h"
#include "harness/process/program_folder.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

// "M3" is not "M30".
bool HasWords(const std::string& text, const std::string& words) {
  std::string padded = " ";
  for (const char letter : Lower(text)) {
    padded += std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : ' ';
  }
  padded += ' ';
  return padded.find(' ' + Lower(words) + ' ') != std::string::npos;
}

std::string FirstWord(const std::string& text) { return text.substr(0, text.find_first_of(" ,")); }

// A supervisor's name alone means any policy of it.
std::function<bool(const Policy&)> Matching(const std::string& policy) {
  const bool is_any = policy.find_first_of(":./") == std::string::npos;
  const std::string wanted = LookUpPolicy(policy)->Describe();
  return [=](const Policy& one) {
    const std::string described = one.Describe();
    return is_any ? FirstWord(described) == FirstWord(wanted) : described == wanted;
  };
}

bool IsUnder(const Incident& incident, const std::function<bool(const Policy&)>& matches) {
  for (const IncidentVariant& variant : incident.variants) {
    for (const Actor& actor : variant.plan.actors) {
      if (actor.policy && matches(*actor.policy)) return true;
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
  const auto is_other_mechanism = [&](const Incident& incident) {
    return !mechanism.empty() && !HasWords(incident.mechanism, mechanism);
  };
  std::erase_if(incidents, is_other_mechanism);
  if (policy.empty()) return incidents;
  const auto matches = Matching(policy);
  std::erase_if(incidents, [&](const Incident& incident) { return !IsUnder(incident, matches); });
  return incidents;
}

}  // namespace pidfall
