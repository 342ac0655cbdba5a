// The sockets that some processes listen on.
//
//   for (const Listener& listener : ListenersOf(instance.Processes())) ...
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "harness/target/found.h"

namespace pidfall {

// The first port of ip_local_port_range: the system may have chosen it.
inline constexpr int kFirstEphemeralPort = 32768;

// TCP, then UDP without sockets that only wait for an answer; each address once, also where several
// processes hold it.
std::vector<Listener> ListenersOf(const std::vector<pid_t>& processes);

// The names of the unix sockets that take clients: a path, or "@..." for an abstract one.
std::vector<std::string> UnixListenersOf(const std::vector<pid_t>& processes);

}  // namespace pidfall
