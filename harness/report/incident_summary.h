// The incident that the suite began with, for the end of `run`.
//
//   outputs.Print(IncidentSummary(incident, cells, paint));
#pragma once

#include <string>
#include <vector>

#include "harness/incident/incident_run.h"
#include "harness/report/paint.h"

namespace pidfall {

// A line per variant, then the cells that are not as expected.
std::string IncidentSummary(const Incident& incident, const std::vector<IncidentCell>& cells,
                            const Paint& paint);

}  // namespace pidfall
