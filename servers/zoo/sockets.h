// The TCP and UDP sockets that the kernel lists, and the processes behind them.
//
//   for (const TcpSocket& socket : TcpSockets(kListening)) { ... }
#pragma once

#include <netinet/tcp.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pidfall::zoo {

struct TcpSocket {
  std::string address;  // the local one, as inet_ntop writes it
  int port = 0;
  int remote_port = 0;
  std::uint64_t inode = 0;
};

inline constexpr unsigned kListening = 1U << TCP_LISTEN;
inline constexpr unsigned kAnyState = ~0U;

std::vector<TcpSocket> TcpSockets(unsigned states);  // throws Failure
std::vector<TcpSocket> UdpSockets();                 // in the same form
std::vector<pid_t> ProcessesWith(std::uint64_t inode);

}  // namespace pidfall::zoo
