// The targets that come with pidfall. They are target files like any user's, in one folder, and
// pidfall knows nothing else about them.
//
//   const Target target = BundledTarget("serve-task-manager", "pidfile");
#pragma once

#include <string>
#include <vector>

#include "harness/target/target.h"

namespace pidfall {

// Beside an installed program, else in the sources that it was built from.
std::string TargetsFolder();

// The servers that `pidfall run` runs, the default one first. Throws BadInput where the files are
// missing.
const std::vector<std::string>& BundledServers();
const std::string& DefaultServer();
// The guards that each of them can use, in the order of the table's columns.
const std::vector<std::string>& Strategies();

Target BundledTarget(const std::string& server, const std::string& guard);

}  // namespace pidfall
