// The servers that come with pidfall and what is known of them from outside.
//
//   const Target target = BundledTarget(ProgramFolder(), "serve-task-manager", "pidfile");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/target/target.h"

namespace pidfall {

inline constexpr std::string_view kDefaultServer = "serve-task-manager";

const std::vector<std::string>& BundledServers();
const std::vector<std::string>& Strategies();

// The folder of this very program: the bundled servers are beside it.
std::string ProgramFolder();

Target BundledTarget(const std::string& folder, const std::string& server,
                     const std::string& guard);

}  // namespace pidfall
