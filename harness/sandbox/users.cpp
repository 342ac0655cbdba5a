#include "harness/sandbox/users.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/process/launch.h"

namespace pidfall {
namespace {

constexpr Duration kMapBound = std::chrono::seconds(5);

// Root maps all that is mapped for itself: everything on a machine, a part in a container.
std::string IdentityMap(const char* path) {
  std::ifstream in(path);
  std::ostringstream map;
  for (unsigned long inside = 0, outside = 0, count = 0; in >> inside >> outside >> count;) {
    map << inside << " " << inside << " " << count << "\n";
  }
  return map.str();
}

std::string OneLine(uid_t id) { return std::to_string(id) + " " + std::to_string(id) + " 1\n"; }

void RunMapper(const std::string& program, pid_t init, uid_t own, uid_t second) {
  const std::string mine = std::to_string(own), other = std::to_string(second);
  const Child child =
      Launch({.command = {program, std::to_string(init), mine, mine, "1", other, other, "1"}});
  if (!WaitForEnd(child, kMapBound)) {
    SendSignal(child, SIGKILL);
    Reap(child);
    throw std::runtime_error(program + " did not end within 5 s");
  }
  const Ending ending = Reap(child);
  if (ending != Ending{}) throw std::runtime_error(program + " ended with " + ending.Describe());
}

std::optional<uid_t> FirstOf(const char* path, const std::string& user, uid_t uid) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string name, first;
    std::getline(fields, name, ':');
    std::getline(fields, first, ':');
    if (name != user && name != std::to_string(uid)) continue;
    return static_cast<uid_t>(std::stoul(first));
  }
  return std::nullopt;
}

}  // namespace

void MapUsers(pid_t init, std::optional<uid_t> second_user) {
  const std::string folder = "/proc/" + std::to_string(init) + "/";
  if (geteuid() == 0) {
    WriteFile(folder + "uid_map", IdentityMap("/proc/self/uid_map"));
    WriteFile(folder + "gid_map", IdentityMap("/proc/self/gid_map"));
  } else if (second_user) {
    RunMapper("newuidmap", init, geteuid(), *second_user);
    RunMapper("newgidmap", init, getegid(), *second_user);
  } else {
    WriteFile(folder + "setgroups", "deny");
    WriteFile(folder + "uid_map", OneLine(geteuid()));
    WriteFile(folder + "gid_map", OneLine(getegid()));
  }
}

std::optional<uid_t> SubordinateUser() {
  if (geteuid() == 0 || getenv("PIDFALL_NO_SUBUID") != nullptr) return std::nullopt;
  const passwd* entry = getpwuid(geteuid());
  const std::string user = entry != nullptr ? entry->pw_name : "";
  const auto uid = FirstOf("/etc/subuid", user, geteuid());
  const auto gid = FirstOf("/etc/subgid", user, geteuid());
  const bool has_mapper = access("/usr/bin/newuidmap", X_OK) == 0;
  // One number serves as both: the ranges start alike wherever useradd wrote them.
  return uid && uid == gid && has_mapper ? uid : std::nullopt;
}

}  // namespace pidfall
