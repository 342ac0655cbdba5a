// The environments that a program may be started in: by cron, sudo, a desktop, a service manager.
#pragma once

#include <string>
#include <vector>

namespace pidfall {

struct Login {
  const char* how;
  std::vector<std::string> variables;
};

// cron and a service manager set few of these, a desktop sets all, and sudo changes some. `folder`
// is for those that name one.
std::vector<Login> OtherLogins(const std::string& folder);

}  // namespace pidfall
