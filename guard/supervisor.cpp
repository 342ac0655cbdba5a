#include "guard/supervisor.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "guard/small_file.h"

namespace pidfall::guard {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A program that a person starts in a terminal or another application inherits the service name of
// that application: "0" or "application.com.apple.Terminal...".
std::string LaunchdLabel() {
  std::string label = Variable("XPC_SERVICE_NAME");
  if (label == "0" || label.starts_with("application.")) return "";
#ifdef __APPLE__
  if (getppid() != 1) return "";
#endif
  return label;
}

// The last part of "0::/system.slice/my.service"; a user manager's units lie below
// user@UID.service.
std::string SystemdUnit() {
  const std::string cgroup = ReadSmallFile("/proc/self/cgroup");
  const size_t start = cgroup.rfind("0::");
  if (start == std::string::npos) return "";
  const std::string path = cgroup.substr(start, cgroup.find('\n', start) - start);
  const std::string unit = path.substr(path.rfind('/') + 1);
  if (!unit.ends_with(".service")) return "";
  return path.find("/user@") == std::string::npos ? unit : "--user " + unit;  // as for systemctl
}

// Every descendant inherits INVOCATION_ID; SYSTEMD_EXEC_PID (systemd 248) names the one process
// that systemd started.
bool StartedBySystemd(pid_t self) {
  return !Variable("INVOCATION_ID").empty() && Variable("SYSTEMD_EXEC_PID") == std::to_string(self);
}

Supervisor FromParent() {
  std::string parent = ReadSmallFile("/proc/" + std::to_string(getppid()) + "/comm");
  parent = parent.substr(0, parent.find('\n'));
  if (parent == "runsv") return {"runit", ""};
  if (parent == "s6-supervise") return {"s6", ""};
  return {};
}

}  // namespace

Supervisor DetectSupervisor(pid_t self, Look look) {
  if (const std::string label = LaunchdLabel(); !label.empty()) return {"launchd", label};
  if (StartedBySystemd(self)) return {"systemd", SystemdUnit()};
  if (!Variable("SUPERVISOR_ENABLED").empty()) {
    return {"supervisord", Variable("SUPERVISOR_PROCESS_NAME")};
  }
  if (self == 1) return {"container", Variable("HOSTNAME")};
  return look == Look::kAlsoParent ? FromParent() : Supervisor{};
}

std::string StopCommand(const Supervisor& supervisor, uid_t uid) {
  if (supervisor.unit.empty()) return "";
  if (supervisor.kind == "launchd") {
    const std::string domain = uid == 0 ? "system" : "gui/" + std::to_string(uid);
    return "launchctl bootout " + domain + "/" + supervisor.unit;
  }
  if (supervisor.kind == "systemd") return "systemctl stop " + supervisor.unit;
  if (supervisor.kind == "supervisord") return "supervisorctl stop " + supervisor.unit;
  if (supervisor.kind == "container") return "docker stop " + supervisor.unit;
  return "";
}

std::string HowToEnd(const Supervisor& supervisor, uid_t uid) {
  const std::string stop = StopCommand(supervisor, uid);
  return stop.empty() ? supervisor.kind + " keeps it running; end it there" : "To end it: " + stop;
}

}  // namespace pidfall::guard
