#include "harness/cli/incident_summary.h"

namespace pidfall {

IncidentSummary SummarizeIncident() { return {}; }

}  // namespace pidfall
