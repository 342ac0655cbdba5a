// The locks and the sockets that a process holds.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pidfall {

struct HeldLock {
  std::string path;
  std::string kind;        // "flock", "POSIX", "OFD" or "lease"
  bool is_shared = false;  // of the whole file: a database shares parts of its own
  bool operator==(const HeldLock&) const = default;
};

// From /proc/PID/fdinfo: /proc/locks omits, in a pid namespace, locks whose taker has ended.
std::vector<HeldLock> HeldLocks(pid_t pid);

struct UnixSocket {
  std::string name;  // a path, or "@..." for an abstract one
  uint64_t inode = 0;
  bool takes_clients = false;  // else it is one end of a connection, or only bound
  bool listens = false;        // a datagram socket takes clients and does not listen
};

// The named unix sockets of this network namespace.
std::vector<UnixSocket> UnixSockets();

// Whether `inode` among the sockets of `pid` was set to share its port (SO_REUSEPORT).
bool SharesPort(pid_t pid, unsigned long inode);

// Whether an IPv6 socket that is bound to every address takes IPv4 clients, too (the default).
bool TakesIpv4(pid_t pid, unsigned long inode);

}  // namespace pidfall
