// Which start serves: the one that holds the listening socket, TCP, UDP or unix. A target without
// one serves while it lives and waits for no lock.
//
//   if (Serves(stage, contender)) ...
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "harness/stage/stage.h"

namespace pidfall {

bool Serves(const Stage& stage, const Instance& instance);
// The same of a start that is no instance of the stage.
bool Serves(const Stage& stage, const std::vector<pid_t>& processes, int port);
// At least on one of its addresses: some servers mean to do without the others.
bool ServesInPart(const Stage& stage, const std::vector<pid_t>& processes, int port);
// The started process holds a listening socket on its port, rather than one of its children.
bool FirstListens(const Stage& stage, const Instance& instance);
// The inodes of the sockets with which it listens on its port, or on its unix socket.
std::set<uint64_t> SocketsOf(const Stage& stage, const Instance& instance);
// Where the port is TCP: both have the UDP port of the same number, as name servers do.
bool ShareUdpPort(const Stage& stage, const Instance& one, const Instance& other);
bool ListensAnywhere(const Stage& stage, const Instance& instance);
// Throws NotApplicable where the instance's port is taken and it serves on another one: then the
// port keeps no other start out.
void NeedOwnPort(const Stage& stage, const Instance& instance);
// Any process listens on the instance's port.
bool PortIsTaken(const Stage& stage, const Instance& instance);
// The instances that serve on `port` now.
std::vector<const Instance*> Serving(const Stage& stage, int port);
inline std::vector<const Instance*> Serving(const Stage& stage) {
  return Serving(stage, stage.port());
}

}  // namespace pidfall
