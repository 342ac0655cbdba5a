#include "harness/observe/listeners.h"

#include <arpa/inet.h>

#include <array>
#include <set>
#include <string>
#include <utility>

#include "harness/probe/process.h"
#include "harness/probe/sockets.h"

namespace pidfall {
namespace {

std::string ReadableAddress(const std::string& hex) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::array<uint32_t, 4> words{};
  const size_t count = hex.size() / 8;
  for (size_t i = 0; i < count; ++i) {
    words.at(i) = static_cast<uint32_t>(std::stoul(hex.substr(i * 8, 8), nullptr, 16));
  }
  inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size());
  return text.data();
}

}  // namespace

std::vector<Listener> ListenersOf(const std::vector<pid_t>& processes) {
  std::vector<Listener> found;
  std::set<std::pair<int, std::string>> seen;
  for (const TcpSocket& socket : TcpSocketsIn(TcpState::kListen)) {
    for (const pid_t pid : processes) {
      if (!OpenSockets(pid).contains(socket.inode)) continue;
      if (!seen.insert({socket.port, socket.address}).second) break;
      found.push_back({socket.port, ReadableAddress(socket.address), SharesPort(pid, socket.inode),
                       TakesIpv4(pid, socket.inode)});
      break;
    }
  }
  return found;
}

}  // namespace pidfall
