// The HTML page for people: every verdict in a matrix, every story, and what to do first. One file
// that loads nothing, so that it can be kept as an artifact of CI and opened years later.
//
//   out = HtmlText({.version = "0.1.0", .command = "check", .sandbox = "full"},
//                  results, facts, notes);
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/report/json.h"
#include "harness/report/simulated_facts.h"
#include "harness/run/result.h"

namespace pidfall {

// Texts that a result does not have itself.
struct PageNote {
  std::string story;  // the scenario's story
  std::string harm;
  std::string cure;
};

// `facts` as for JsonText; `notes` by scenario.
std::string HtmlText(const JsonHead& head, const std::vector<Result>& results,
                     const std::vector<SimulatedFacts>& facts,
                     const std::map<std::string, PageNote>& notes);

}  // namespace pidfall
