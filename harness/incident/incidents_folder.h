// The incidents that come with pidfall.
//
//   const auto incidents = ReadIncidents(IncidentsFolder());
#pragma once

#include <string>
#include <vector>

#include "harness/incident/incident.h"

namespace pidfall {

// Beside an installed program, else in the sources that it was built from.
std::string IncidentsFolder();

// Those with these words in their mechanism and under this policy; an empty one means any.
std::vector<Incident> IncidentsLike(const std::string& mechanism, const std::string& policy);

// The page of docs that lists them: a table in Markdown, a row each.
std::string IncidentPage(const std::vector<Incident>& incidents);

}  // namespace pidfall
