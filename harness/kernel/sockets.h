// The TCP and UDP sockets of this network namespace.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pidfall {

enum class TcpState { kEstablished = 1, kTimeWait = 6, kListen = 10 };

struct TcpSocket {
  std::string address;  // in the kernel's hexadecimal form
  int port = 0;
  int peer_port = 0;
  TcpState state{};
  uint64_t inode = 0;  // 0 in TIME_WAIT: no process holds it any more
  // UDP packets that nobody has read yet; of a listening socket, connections not yet accepted.
  bool has_unread = false;
};

std::vector<TcpSocket> TcpSocketsIn(TcpState state);

// The sockets in `state` whose own port is `port`.
std::vector<TcpSocket> TcpSocketsOn(int port, TcpState state);

// The UDP sockets that take packets from any sender.
std::vector<TcpSocket> BoundUdpSockets();

bool CanListenOnIpv6Loopback();

}  // namespace pidfall
