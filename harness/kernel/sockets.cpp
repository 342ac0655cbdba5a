#include "harness/kernel/sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <tuple>

#include "harness/kernel/sock_diag.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

void AppendFrom(const char* path, std::vector<TcpSocket>& sockets) {
  std::ifstream in(path);  // tcp6 is missing where the kernel has no IPv6
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::array<char, 40> address{};
    unsigned port = 0, peer_port = 0, state = 0, unread = 0;
    unsigned long long inode = 0;
    const int fields =
        sscanf(line.c_str(), " %*d: %39[0-9A-F]:%X %*[0-9A-F]:%X %X %*X:%X %*s %*s %*d %*d %llu",
               address.data(), &port, &peer_port, &state, &unread, &inode);
    if (fields != 6) continue;
    sockets.push_back({address.data(), static_cast<int>(port), static_cast<int>(peer_port),
                       static_cast<TcpState>(state), inode, unread > 0});
  }
}

// A table that changes while it is read lists some sockets twice.
void RemoveRepeated(std::vector<TcpSocket>& sockets) {
  const auto key = [](const TcpSocket& s) {
    return std::tie(s.address, s.port, s.peer_port, s.inode);
  };
  std::sort(sockets.begin(), sockets.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto repeated = std::unique(sockets.begin(), sockets.end(),
                                    [&](const auto& a, const auto& b) { return key(a) == key(b); });
  sockets.erase(repeated, sockets.end());
}

}  // namespace

std::vector<TcpSocket> TcpSocketsIn(TcpState state) {
  if (auto sockets = SocketsBySockDiag(state)) return *std::move(sockets);
  std::vector<TcpSocket> sockets;
  AppendFrom("/proc/net/tcp", sockets);
  AppendFrom("/proc/net/tcp6", sockets);
  std::erase_if(sockets, [state](const TcpSocket& s) { return s.state != state; });
  RemoveRepeated(sockets);
  return sockets;
}

std::vector<TcpSocket> BoundUdpSockets() {
  std::vector<TcpSocket> sockets;
  AppendFrom("/proc/net/udp", sockets);
  AppendFrom("/proc/net/udp6", sockets);
  std::erase_if(sockets, [](const TcpSocket& s) { return s.peer_port != 0; });
  for (TcpSocket& socket : sockets) socket.state = {};
  RemoveRepeated(sockets);
  return sockets;
}

std::vector<TcpSocket> TcpSocketsOn(int port, TcpState state) {
  std::vector<TcpSocket> sockets = TcpSocketsIn(state);
  std::erase_if(sockets, [port](const TcpSocket& s) { return s.port != port; });
  return sockets;
}

bool CanListenOnIpv6Loopback() {
  const UniqueFd fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return fd && bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

}  // namespace pidfall
