// Which user ids exist in the sandbox's user namespace.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace pidfall {

// Every id that we can become is mapped to itself. Called by the parent of `init`, because a
// process in a new user namespace has no rights in the one outside.
void MapUsers(pid_t init, std::optional<uid_t> second_user);

// This process is `user` from now on, in the group of the same number and no other.
void BecomeUser(uid_t user);

// What we clone and never execute has the director's capabilities otherwise.
void DropAllCapabilities();

// An id that /etc/subuid and /etc/subgid grant us and newuidmap(1) maps, asked once: none for
// root, who needs no grant. PIDFALL_NO_SUBUID hides it.
std::optional<uid_t> SubordinateUser();
// What stands in its way; empty when nothing does.
const std::string& SubordinateObstacle();

struct IdRange {
  uid_t first = 0;
  uid_t count = 0;
};

// The lines "NAME:FIRST:COUNT" of /etc/subuid that are the user's, by name or by number.
std::vector<IdRange> GrantedRanges(const std::string& text, const std::string& user, uid_t uid);

// One number serves as user and as group. Ranges start alike wherever useradd wrote them.
std::optional<uid_t> FirstInBoth(const std::vector<IdRange>& uids,
                                 const std::vector<IdRange>& gids);

}  // namespace pidfall
