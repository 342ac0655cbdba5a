// The incident that the suite began with, for the end of `run`.
//
//   const IncidentSummary incident = SummarizeIncident(jobs, paint);
#pragma once

#include <string>
#include <vector>

#include "harness/report/paint.h"
#include "harness/run/result.h"

namespace pidfall {

struct IncidentSummary {
  std::string text;  // a line per variant, then what is not as expected
  std::vector<Result> results;
};

IncidentSummary SummarizeIncident(int jobs, const Paint& paint);

}  // namespace pidfall
