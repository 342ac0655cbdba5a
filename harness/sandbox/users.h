// Which user ids exist in the sandbox's user namespace.
#pragma once

#include <sys/types.h>

#include <optional>

namespace pidfall {

// Every id that we can become is mapped to itself. Called by the parent of `init`, because a
// process in a new user namespace has no rights in the one outside.
void MapUsers(pid_t init, std::optional<uid_t> second_user);

// The first subordinate id of ours, where /etc/subuid, /etc/subgid and newuidmap(1) grant one;
// none for root, who needs no grant. PIDFALL_NO_SUBUID hides it.
std::optional<uid_t> SubordinateUser();

}  // namespace pidfall
