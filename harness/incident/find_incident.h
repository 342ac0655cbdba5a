// An incident by what the user calls it.
//
//   const Incident incident = FindIncident(IncidentsFolder(), "openclaw/openclaw#82248");
#pragma once

#include <string>

#include "harness/incident/incident.h"

namespace pidfall {

// By id, by address (owner/repo#N or its URL) of the source or else of `see`, or a file. Throws
// BadInput, which names what may have been meant.
Incident FindIncident(const std::string& folder, const std::string& id_address_or_file);

}  // namespace pidfall
