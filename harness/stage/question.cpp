#include "harness/stage/question.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

#include "harness/kernel/endpoint.h"
#include "harness/kernel/files.h"
#include "harness/kernel/sockets.h"

namespace pidfall {
namespace {

int LocalPort(int socket) {
  sockaddr_in6 address{};  // the port is at the same place in both families
  socklen_t size = sizeof(address);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);
}

// Until a connection is accepted, its end at the server has no inode.
bool IsAcceptedOn(int port, int client_port) {
  const auto all = TcpSocketsOn(port, TcpState::kEstablished);
  return std::any_of(all.begin(), all.end(), [&](const TcpSocket& socket) {
    return socket.peer_port == client_port && socket.inode != 0;
  });
}

bool IsReadOn(int port) {
  const auto all = BoundUdpSockets();
  return std::none_of(all.begin(), all.end(), [&](const TcpSocket& socket) {
    return socket.port == port && socket.has_unread;
  });
}

// The end at the server has the name of the socket that took the client.
std::size_t AcceptedOn(const std::string& name) {
  const auto all = UnixSockets();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const UnixSocket& socket) {
        return !socket.takes_clients && socket.name == name && socket.inode != 0;
      }));
}

// A packet on a unix socket counts as sent once it is read.
bool IsRead(int client) {
  int unread = 0;
  return ioctl(client, SIOCOUTQ, &unread) == 0 && unread == 0;
}

bool HasAnswer(int client) {
  pollfd event{client, POLLIN, 0};
  return poll(&event, 1, 0) > 0;
}

UniqueFd ConnectTo(const Stage& stage) {
  const Target& target = stage.target();
  if (target.unix_socket) return ConnectToUnix(*target.unix_socket);
  return target.is_udp ? ConnectByUdp(stage.endpoint()) : ConnectTo(stage.endpoint());
}

}  // namespace

Question::Question(const Stage& stage)
    : stage_(stage),
      accepted_before_(stage.target().unix_socket ? AcceptedOn(*stage.target().unix_socket) : 0),
      client_(ConnectTo(stage)) {
  // Some sockets hand a client over only once it has sent something.
  constexpr std::string_view kText = "GET / HTTP/1.0\r\n\r\n";
  send(client_.get(), kText.data(), kText.size(), MSG_NOSIGNAL);
}

bool Question::IsAccepted() const {
  const Target& target = stage_.target();
  if (target.unix_socket) {
    return AcceptedOn(*target.unix_socket) > accepted_before_ || IsRead(client_.get());
  }
  if (target.is_udp) return IsReadOn(stage_.port());
  return IsAcceptedOn(stage_.port(), LocalPort(client_.get()));
}

bool Question::IsTaken() const { return HasAnswer(client_.get()) || IsAccepted(); }

}  // namespace pidfall
