// Every TCP socket that the kernel lists, and the processes behind them.
//
//   for (const TcpSocket& socket : TcpSockets()) { if (socket.listening) ... }
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pidfall::zoo {

struct TcpSocket {
  std::string local;  // the address in the kernel's hexadecimal form
  int local_port = 0;
  int remote_port = 0;
  bool listening = false;
  std::uint64_t inode = 0;
};

std::vector<TcpSocket> TcpSockets();  // throws Failure
std::vector<pid_t> ProcessesWith(std::uint64_t inode);

// In the form of TcpSocket::local.
inline constexpr char kAnyV4[] = "00000000";
inline constexpr char kLoopbackV4[] = "0100007F";
inline constexpr char kAnyV6[] = "00000000000000000000000000000000";
inline constexpr char kLoopbackV6[] = "00000000000000000000000001000000";
inline constexpr char kMappedLoopback[] = "0000000000000000FFFF00000100007F";

}  // namespace pidfall::zoo
