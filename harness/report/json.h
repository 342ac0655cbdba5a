// The JSON that scripts and CI read. Its fields are stable: more may come, none goes.
//
//   out = JsonText({.version = "0.1.0", .command = "run", .sandbox = "full"}, results);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/report/simulated_facts.h"
#include "harness/run/result.h"
#include "harness/target/target.h"

namespace pidfall {

struct JsonHead {
  std::string version;
  std::string command;                // "run", "check"
  std::string sandbox;                // "full" or "plain"
  std::optional<Target> target = {};  // where every result is about the same one
  std::string found = {};             // a JSON text: what a probing start showed of it
};

// One object on several lines, in UTF-8 whatever the bytes in the results.
// `facts` holds one entry per result, or none at all.
std::string JsonText(const JsonHead& head, const std::vector<Result>& results,
                     const std::vector<SimulatedFacts>& facts = {});

}  // namespace pidfall
