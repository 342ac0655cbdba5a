#include "harness/report/incident_charts.h"

namespace pidfall {

std::vector<Chart> ChartsOf(const std::vector<IncidentCell>& cells) {
  std::vector<Chart> charts;
  for (const IncidentCell& cell : cells) {
    if (cell.log.actors.empty()) continue;
    const std::string title = cell.variant + "  (" + cell.policy + ')';
    if (charts.empty() || charts.back().title != title) charts.push_back({title, {}});
    charts.back().groups.push_back({cell.guard, &cell.log});
  }
  return charts;
}

}  // namespace pidfall
