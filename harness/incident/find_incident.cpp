#include "harness/incident/find_incident.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/incident/incident.h"
#include "harness/incident/incident_file.h"
#include "harness/input/bad_input.h"
#include "harness/input/nearest.h"
#include "harness/input/text_parts.h"

namespace pidfall {
namespace {

// Fewer letters stand in too many names.
constexpr std::size_t kFewestLettersOfAPart = 4;
constexpr std::size_t kMostNamed = 5;

// "https://github.com/owner/repo/issues/7" and "owner/repo#7" are one address.
std::string ShortAddress(std::string address) {
  const std::string site = "https://github.com/";
  if (!address.starts_with(site)) return address;
  address.erase(0, site.size());
  for (const std::string middle : {"/issues/", "/pull/"}) {
    const auto at = address.find(middle);
    if (at != std::string::npos) return address.replace(at, middle.size(), "#");
  }
  return address;
}

// All by which it is found.
std::vector<std::string> NamesOf(const Incident& incident) {
  std::vector<std::string> names = {incident.id, incident.source};
  names.insert(names.end(), incident.see.begin(), incident.see.end());
  return names;
}

// The incidents of its own address come before those of the same mechanism elsewhere.
const Incident* Found(const std::vector<Incident>& incidents, const std::string& name) {
  const std::string address = ShortAddress(name);
  for (const Incident& incident : incidents) {
    if (incident.id == name || ShortAddress(incident.source) == address) return &incident;
  }
  for (const Incident& incident : incidents) {
    for (const std::string& other : incident.see) {
      if (ShortAddress(other) == address) return &incident;
    }
  }
  return nullptr;
}

// The ids of those that have the part in one of their names.
std::vector<std::string> IdsWith(const std::vector<Incident>& incidents, const std::string& part) {
  std::vector<std::string> ids;
  if (part.size() < kFewestLettersOfAPart) return ids;
  for (const Incident& incident : incidents) {
    const std::vector<std::string> names = NamesOf(incident);
    const bool has_it = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return Lower(name).find(Lower(part)) != std::string::npos;
    });
    if (has_it) ids.push_back(incident.id);
  }
  return ids;
}

std::string Listed(std::vector<std::string> ids) {
  const std::size_t more = ids.size() - std::min(ids.size(), kMostNamed);
  ids.resize(ids.size() - more);
  return fmt::format("'{}'{}", fmt::join(ids, "', '"),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

// A similar name, which may have been meant; empty: no name is similar.
std::string Suggestion(const std::vector<Incident>& incidents, const std::string& name) {
  const std::string address = ShortAddress(name);
  const std::vector<std::string> ids = IdsWith(incidents, address);
  if (!ids.empty()) return fmt::format(": it is a part of the names of {}", Listed(ids));
  std::vector<std::string> names;
  for (const Incident& incident : incidents) {
    const std::vector<std::string> its_own = NamesOf(incident);
    names.insert(names.end(), its_own.begin(), its_own.end());
  }
  const std::string near = NearestWithinAThird(address, names);
  return near.empty() ? "" : fmt::format(": the nearest is '{}'", near);
}

}  // namespace

Incident FindIncident(const std::string& folder, const std::string& id_address_or_file) {
  if (id_address_or_file.ends_with(".toml")) return ReadIncident(id_address_or_file);
  const std::vector<Incident> incidents = ReadIncidents(folder);
  if (const Incident* found = Found(incidents, id_address_or_file)) return *found;
  throw BadInput(fmt::format("no incident is called '{}'{}; `pidfall incident list` names them all",
                             id_address_or_file, Suggestion(incidents, id_address_or_file)));
}

}  // namespace pidfall
