// The JSON for scripts and CI. Its fields are stable: more may be added, none is removed.
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
  std::optional<Target> target = {};  // where all results are about the same target
  std::string found = {};             // a JSON text: the findings of the probing start
  std::string more = {};              // a JSON text: fields of this command alone
  std::string file = {};              // that says what was done: a policy's, a target's
};

// One object on several lines, always in valid UTF-8.
// `facts` holds one entry per result, or none at all.
std::string JsonText(const JsonHead& head, const std::vector<Result>& results,
                     const std::vector<SimulatedFacts>& facts = {});

}  // namespace pidfall
