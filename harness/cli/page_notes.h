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

std::map<std::string, PageNote> NotesOn(const std::vector<Result>& results);

}  // namespace pidfall
