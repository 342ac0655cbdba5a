// An incident as charts, for a picture: one per variant, in it the guards one above the other,
// so before the fix and after it.
//
//   picture.Write(incident.title, incident.source, ChartsOf(cells));
#pragma once

#include <vector>

#include "harness/incident/incident_run.h"
#include "harness/report/picture.h"

namespace pidfall {

// They refer to the logs of `cells`. What was not simulated is left out.
std::vector<Chart> ChartsOf(const std::vector<IncidentCell>& cells);

}  // namespace pidfall
