// The JSON that scripts and CI read. Its fields are stable: more may come, none goes.
//
//   out = JsonText({.version = "0.1.0", .command = "run", .sandbox = "full"}, results);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/report/result.h"
#include "harness/stage/target.h"

namespace pidfall {

struct JsonHead {
  std::string version;
  std::string command;                // "run", "check"
  std::string sandbox;                // "full" or "plain"
  std::optional<Target> target = {};  // where every result is about the same one
};

// One object on several lines, in UTF-8 whatever the bytes in the results.
std::string JsonText(const JsonHead& head, const std::vector<Result>& results);

}  // namespace pidfall
