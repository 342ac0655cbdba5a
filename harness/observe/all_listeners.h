// All sockets on which a start listens, to be compared with those of another start.
//
//   const AllListeners before = AllListenersOf(owner.Processes());
//   ...
//   const auto missing = Missing(before, AllListenersOf(next.Processes()));   // {"/run/x.admin"}
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace pidfall {

struct AllListeners {
  std::vector<std::string> ports;  // "127.0.0.1:8767", with "/udp" where it is one
  std::vector<std::string> unix_sockets;
  std::size_t count() const { return ports.size() + unix_sockets.size(); }
};

// Without the ports that the system chose.
AllListeners AllListenersOf(const std::vector<pid_t>& processes);

// A unix socket may have another name at each start: the same number of them is enough.
std::vector<std::string> Missing(const AllListeners& before, const AllListeners& now);

}  // namespace pidfall
