#include "harness/report/incident_summary.h"

#include <algorithm>

#include "harness/incident/incident_run.h"
#include "harness/incident/incidents_folder.h"
#include "harness/report/findings.h"
#include "harness/report/incident_text.h"
#include "harness/target/bundled.h"

namespace pidfall {
namespace {

constexpr const char* kFirstIncident = "2025-12-22-port-conflict";

}  // namespace

IncidentSummary SummarizeIncident(int jobs, const Paint& paint) {
  const Incident incident = FindIncident(IncidentsFolder(), kFirstIncident);
  const auto cells = RunIncident(incident, {.servers = ProgramFolder()},
                                 [&](const auto& requests) { return SimulateAll(requests, jobs); });
  std::vector<Result> results;
  results.reserve(cells.size());
  for (const IncidentCell& cell : cells) results.push_back(cell.result);
  std::string text = CellsSummary(incident, cells);
  for (const Result* finding : Findings(results, false)) text += FindingText(*finding, {}, paint);
  return {std::move(text), std::move(results)};
}

}  // namespace pidfall
