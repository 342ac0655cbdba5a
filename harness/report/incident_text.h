// The output of `pidfall incident`.
//
//   Print(stdout, IncidentListText(incidents));
#pragma once

#include <string>
#include <vector>

#include "harness/incident/incident.h"
#include "harness/incident/incident_run.h"
#include "harness/report/timeline.h"

namespace pidfall {

std::string IncidentListText(const std::vector<Incident>& incidents);
std::string IncidentText(const Incident& incident);

// A drawing per variant, with a row per guard.
std::string CellsText(const Incident& incident, const std::vector<IncidentCell>& cells,
                      const TimelineStyle& style);

// A line per guard: "  broken 6 starts, 5 x status 1, never serves after".
std::string CellsLines(const Incident& incident, const std::vector<IncidentCell>& cells);

// A line per variant: "incident 2025-12-22, agent first, launchd ...: none 60 starts, ...".
std::string CellsSummary(const Incident& incident, const std::vector<IncidentCell>& cells);

}  // namespace pidfall
