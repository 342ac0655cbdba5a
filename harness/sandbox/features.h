// What this machine allows, feature by feature: `pidfall doctor` prints it.
//
//   for (const Feature& feature : ProbeFeatures()) ...
#pragma once

#include <string>
#include <vector>

namespace pidfall {

struct Feature {
  std::string name;  // "user namespaces"
  bool available = false;
  std::string detail;  // what was tried and what came back
  std::string cost;    // when missing: which scenarios are skipped
  std::string cure;    // when missing: the exact command or setting that brings it
};

std::vector<Feature> ProbeFeatures();

// The sandbox that scenarios get here: "full" or "plain".
std::string SandboxName();

}  // namespace pidfall
