#include "harness/stage/departure.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <system_error>

#include "harness/probe/process.h"
#include "harness/probe/sockets.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

// A worker may be busy, or about to notice that its master has ended.
constexpr Duration kAcceptBound = std::chrono::seconds(2);

std::optional<ProcessInfo> HolderOf(const Stage& stage, const Instance& owner) {
  const auto listeners = SocketsOf(stage, owner);
  for (const ProcessInfo& process : owner.Living()) {
    for (const uint64_t socket : OpenSockets(process.pid)) {
      if (listeners.contains(socket)) return process;
    }
  }
  return std::nullopt;
}

int LocalPort(int socket) {
  sockaddr_in6 address{};  // the port is at the same place in both families
  socklen_t size = sizeof(address);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);
}

// Until a connection is accepted, its end at the server has no inode.
bool IsAccepted(int port, int client_port) {
  const auto all = TcpSocketsOn(port, TcpState::kEstablished);
  return std::any_of(all.begin(), all.end(), [&](const TcpSocket& socket) {
    return socket.peer_port == client_port && socket.inode != 0;
  });
}

bool HasAnswer(int client) {
  pollfd event{client, POLLIN, 0};
  return poll(&event, 1, 0) > 0;
}

bool IsTcp(const Target& target) { return target.port && !target.is_udp && !target.port_changes; }

}  // namespace

std::optional<ProcessInfo> IdleHolder(Stage& stage, const Instance& owner) {
  auto holder = IsTcp(stage.target()) ? HolderOf(stage, owner) : std::nullopt;
  if (!holder) return std::nullopt;
  try {
    const UniqueFd client = ConnectTo(stage.endpoint());
    // Some sockets hand a client over only once it has sent something.
    constexpr std::string_view kQuestion = "GET / HTTP/1.0\r\n\r\n";
    send(client.get(), kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL);
    const int client_port = LocalPort(client.get());
    const auto is_no_holder = [&] {
      return HasAnswer(client.get()) || IsAccepted(stage.port(), client_port) ||
             !HolderOf(stage, owner);
    };
    if (stage.WaitUntil(is_no_holder, kAcceptBound)) return std::nullopt;
  } catch (const std::system_error&) {
    return std::nullopt;  // it listens no more
  }
  return holder;
}

void ExpectNoIdleHolder(Stage& stage, const Instance& owner) {
  const auto holder = IdleHolder(stage, owner);
  if (!holder) return;
  Settle(stage, stage.Start());
  if (!HolderOf(stage, owner)) return;
  throw Breach("C13", fmt::format("{} (pid {}), which {} started, outlives it, keeps its listening "
                                  "socket on port {} and never accepts a client: the port stays "
                                  "taken, and nobody answers on it",
                                  holder->program, holder->pid, owner.name(), stage.port()));
}

}  // namespace pidfall
