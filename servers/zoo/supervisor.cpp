#include "servers/zoo/supervisor.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "servers/zoo/defects.h"
#include "servers/zoo/identity.h"

namespace pidfall::zoo {
namespace {

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Each of them sets a variable in the environment, is the parent, or starts pid 1.
bool StartedBySupervisor() {
  const std::string_view label = Variable("XPC_SERVICE_NAME");  // launchd; "0" in a terminal
  const std::string parent = ReadSmallFile("/proc/" + std::to_string(getppid()) + "/comm");
  return (!label.empty() && label != "0") || !Variable("SUPERVISOR_ENABLED").empty() ||
         Variable("SYSTEMD_EXEC_PID") == std::to_string(getpid()) || parent == "runsv\n" ||
         parent == "s6-supervise\n" || getpid() == 1;
}

}  // namespace

bool StandsBy(const Settings& settings) {
  if (settings.on_duplicate != OnDuplicate::kAuto) {
    return settings.on_duplicate == OnDuplicate::kWait;
  }
  if (Has(Defect::kAutoAlwaysWaits)) return true;
  return !Has(Defect::kAutoNeverWaits) && StartedBySupervisor();
}

}  // namespace pidfall::zoo
