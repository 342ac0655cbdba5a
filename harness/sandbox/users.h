// The user ids in the sandbox's user namespace.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace pidfall {

// Maps to itself every id that we can change to. The parent of `init` calls it: a process in a new
// user namespace has no rights in the namespace outside.
void MapUsers(pid_t init, std::optional<uid_t> second_user);

// From now on this process runs as `user`, in the group of the same number and in no other.
void BecomeUser(uid_t user);

// Otherwise a process that we clone and that executes nothing has the director's capabilities.
void DropAllCapabilities();

// An id that /etc/subuid and /etc/subgid grant us and newuidmap(1) maps; found out once. None for
// root, who needs no grant, and where PIDFALL_NO_SUBUID is set.
std::optional<uid_t> SubordinateUser();
// The reason why there is none; empty where there is one.
const std::string& SubordinateObstacle();

struct IdRange {
  uid_t first = 0;
  uid_t count = 0;
};

// The user's lines "NAME:FIRST:COUNT" of /etc/subuid, by name or by number.
std::vector<IdRange> GrantedRanges(const std::string& text, const std::string& user, uid_t uid);

// A number that is granted as user and as group. useradd starts both ranges at the same number.
std::optional<uid_t> FirstInBoth(const std::vector<IdRange>& uids,
                                 const std::vector<IdRange>& gids);

}  // namespace pidfall
