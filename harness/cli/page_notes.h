// The notes on each scenario in the HTML page: its story, its harm, its cure.
//
//   outputs.WriteFiles(head, results, NotesOn(results));
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/report/html.h"
#include "harness/run/result.h"

namespace pidfall {

// Where the patterns page tells how to fix a family's findings: an installed one by its whole path.
std::string PatternsPlace(const std::string& family);

// Whom a failure of it harms, and how.
std::string HarmOf(const Result& result);

std::map<std::string, PageNote> NotesOn(const std::vector<Result>& results);

}  // namespace pidfall
