// What a process holds open, and how: its locks and its unix sockets.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace pidfall {

struct HeldLock {
  std::string path;
  std::string kind;  // "flock", "POSIX" or "OFD"
};

// From /proc/PID/fdinfo: /proc/locks omits, in a pid namespace, locks whose taker has ended.
std::vector<HeldLock> HeldLocks(pid_t pid);

// The names of the unix sockets of this network namespace; "@..." is an abstract one.
std::vector<std::string> UnixSockets();

// Whether `inode` among the sockets of `pid` was set to share its port (SO_REUSEPORT).
bool SharesPort(pid_t pid, unsigned long inode);

}  // namespace pidfall
