// The incident in a line or two, for the end of `run`.
//
//   const IncidentSummary incident = SummarizeIncident();
#pragma once

#include <string>

namespace pidfall {

struct IncidentSummary {
  std::string text;  // whole lines
  bool as_expected = true;
};

IncidentSummary SummarizeIncident();

}  // namespace pidfall
