#include "harness/report/incident_summary.h"

#include "harness/report/findings.h"
#include "harness/report/incident_text.h"

namespace pidfall {

std::string IncidentSummary(const Incident& incident, const std::vector<IncidentCell>& cells,
                            const Paint& paint) {
  std::string text = CellsSummary(incident, cells);
  const std::vector<Result> results = ResultsOf(cells);
  for (const Result* finding : Findings(results, false)) {
    text += FindingText(*finding, {}, paint);
  }
  return text;
}

}  // namespace pidfall
