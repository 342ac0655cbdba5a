// A service folder, as runit, s6 and daemontools keep one: ./run, and files that change the rule.
//
//   const ServiceFolder folder = ReadServiceFolder("/etc/sv/web", {"finish"});
#pragma once

#include <string>
#include <vector>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct ServiceFolder {
  Service service;  // its command is the folder's ./run
  bool down = false;
};

// A file named in `not_simulated` that is there becomes a note. Throws BadInput.
ServiceFolder ReadServiceFolder(const std::string& folder,
                                const std::vector<std::string>& not_simulated);

}  // namespace pidfall
