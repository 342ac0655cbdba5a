// The table of `pidfall run`: a row per family, a column per strategy.
//
//   std::fputs(RunTable(results, {.version = "0.1.0", .sandbox = "full"}, paint).c_str(), stdout);
#pragma once

#include <string>
#include <vector>

#include "harness/report/paint.h"
#include "harness/run/result.h"

namespace pidfall {

struct TableHead {
  std::string version;
  std::string sandbox;  // "full" or "plain"
};

// Each cell is fails/judged: "-" where no scenario applies, "skip" where this machine could judge
// none, with "!" after it where a verdict is not the expected one.
std::string RunTable(const std::vector<Result>& results, const TableHead& head, const Paint& paint);

}  // namespace pidfall
