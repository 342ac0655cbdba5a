#include "harness/sandbox/users.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "harness/process/launch.h"
#include "harness/sandbox/trial.h"

namespace pidfall {
namespace {

constexpr Duration kMapBound = std::chrono::seconds(5);

// Root maps every id that is mapped for itself: all on a machine, some in a container.
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

std::string ReadWhole(const char* path) {
  const std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::optional<uid_t> ParseId(const std::string& text) {
  uid_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

struct Subordinate {
  std::optional<uid_t> user;
  std::string obstacle;
};

Subordinate FindSubordinate() {
  if (geteuid() == 0) return {std::nullopt, "root needs none"};
  if (getenv("PIDFALL_NO_SUBUID") != nullptr) return {std::nullopt, "PIDFALL_NO_SUBUID"};
  const passwd* entry = getpwuid(geteuid());
  const std::string user = entry != nullptr ? entry->pw_name : "";
  const auto id = FirstInBoth(GrantedRanges(ReadWhole("/etc/subuid"), user, geteuid()),
                              GrantedRanges(ReadWhole("/etc/subgid"), user, geteuid()));
  if (!id) return {std::nullopt, "no id is granted by both /etc/subuid and /etc/subgid"};
  // The mappers may be missing, or have lost their privileges in a container.
  const std::string obstacle = TryInNamespaces({.second_user = id}, [] {});
  return {obstacle.empty() ? id : std::nullopt, obstacle};
}

const Subordinate& AskedOnce() {
  static const Subordinate kFound = FindSubordinate();
  return kFound;
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

void BecomeUser(uid_t user) {
  // Fails where setgroups is denied: then there are no groups to drop.
  setgroups(0, nullptr);
  if (setresgid(user, user, user) != 0) ThrowErrno("become group " + std::to_string(user));
  if (setresuid(user, user, user) != 0) ThrowErrno("become user " + std::to_string(user));
}

void DropAllCapabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
  if (syscall(SYS_capset, &header, none) != 0) ThrowErrno("drop the capabilities");
}

std::optional<uid_t> SubordinateUser() { return AskedOnce().user; }
const std::string& SubordinateObstacle() { return AskedOnce().obstacle; }

std::vector<IdRange> GrantedRanges(const std::string& text, const std::string& user, uid_t uid) {
  std::vector<IdRange> ranges;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string name, first, count;
    std::getline(fields, name, ':');
    std::getline(fields, first, ':');
    std::getline(fields, count);
    if (name != user && name != std::to_string(uid)) continue;
    const auto begin = ParseId(first), size = ParseId(count);
    if (begin && size) ranges.push_back({*begin, *size});
  }
  return ranges;
}

std::optional<uid_t> FirstInBoth(const std::vector<IdRange>& uids,
                                 const std::vector<IdRange>& gids) {
  for (const IdRange& u : uids) {
    for (const IdRange& g : gids) {
      const uid_t first = std::max(u.first, g.first);
      if (first - u.first < u.count && first - g.first < g.count) return first;
    }
  }
  return std::nullopt;
}

}  // namespace pidfall
