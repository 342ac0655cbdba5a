// The policies by name, and from a supervisor's own file.
//
//   auto policy = LookUpPolicy("launchd:keepalive");
//   auto theirs = LookUpPolicy("Library/LaunchAgents/agent.plist");
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

// What --policy takes: NAME[:ARG], or a file. Throws BadInput.
std::unique_ptr<Policy> LookUpPolicy(const std::string& name_or_file);

// Every built-in name, in the order of the table.
const std::vector<std::string>& PolicyNames();

}  // namespace pidfall
