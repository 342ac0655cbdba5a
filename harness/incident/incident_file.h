// An incident's timeline file. docs/incident-file.md has every key.
//
//   const Incident incident = ReadIncident("incidents/2025-12-22-port-conflict.toml");
#pragma once

#include <string>
#include <vector>

#include "harness/incident/incident.h"

namespace pidfall {

// All throw BadInput, with file and line.
Incident ReadIncident(const std::string& file);
Incident ParseIncident(const std::string& file, const std::string& text);
std::vector<Incident> ReadIncidents(const std::string& folder);  // every *.toml, by name

}  // namespace pidfall
