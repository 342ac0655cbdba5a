// The features that this machine allows: `pidfall doctor` prints them.
//
//   for (const Feature& feature : ProbeFeatures()) ...
#pragma once

#include <string>
#include <vector>

namespace pidfall {

struct Feature {
  std::string name;  // "user namespaces"
  bool available = false;
  std::string detail;  // the trial and its result
  std::string cost;    // when missing: which scenarios are skipped
  std::string cure;    // when missing: the exact command or setting that enables it
};

std::vector<Feature> ProbeFeatures();

// The cost of the lack of each feature, also of those that this machine has.
std::vector<std::string> CostsOfFeatures();

// The sandbox that scenarios get here: "full" or "plain".
std::string SandboxName();

}  // namespace pidfall
