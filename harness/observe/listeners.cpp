#include "harness/observe/listeners.h"

#include <arpa/inet.h>

#include <array>
#include <set>
#include <string>
#include <utility>

#include "harness/kernel/files.h"
#include "harness/kernel/process.h"
#include "harness/kernel/sockets.h"

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

void Append(const std::vector<TcpSocket>& sockets, const std::string& protocol,
            const std::vector<pid_t>& processes, std::vector<Listener>& found) {
  std::set<std::pair<int, std::string>> seen;
  for (const TcpSocket& socket : sockets) {
    for (const pid_t pid : processes) {
      if (!OpenSockets(pid).contains(socket.inode)) continue;
      if (!seen.insert({socket.port, socket.address}).second) break;
      found.push_back({socket.port, ReadableAddress(socket.address), protocol,
                       SharesPort(pid, socket.inode), TakesIpv4(pid, socket.inode)});
      break;
    }
  }
}

// "@" and five digits: the kernel chose the name for a client.
bool IsNamedByKernel(const std::string& name) {
  constexpr size_t kLength = 6;
  return name.size() == kLength && name.front() == '@' &&
         name.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
}

}  // namespace

std::vector<Listener> ListenersOf(const std::vector<pid_t>& processes) {
  std::vector<Listener> found;
  Append(TcpSocketsIn(TcpState::kListen), "tcp", processes, found);
  std::vector<TcpSocket> udp = BoundUdpSockets();
  std::erase_if(udp, [](const TcpSocket& socket) { return socket.port >= kFirstEphemeralPort; });
  Append(udp, "udp", processes, found);
  return found;
}

std::vector<std::string> UnixListenersOf(const std::vector<pid_t>& processes) {
  std::set<std::string> names;
  const auto sockets = UnixSockets();
  for (const pid_t pid : processes) {
    const auto open = OpenSockets(pid);
    for (const UnixSocket& socket : sockets) {
      const bool is_its_own = socket.takes_clients && open.contains(socket.inode);
      if (is_its_own && !IsNamedByKernel(socket.name)) names.insert(socket.name);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace pidfall
