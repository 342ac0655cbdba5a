#include "harness/kernel/sock_diag.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

bool Ask(int fd, uint8_t family, TcpState state) {
  Request request{};
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.sdiag_family = family;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = 1U << static_cast<unsigned>(state);
  return send(fd, &request, sizeof(request), 0) == sizeof(request);
}

// As in /proc/net/tcp, so that both sources give the same.
std::string Hexadecimal(const inet_diag_msg& message) {
  std::string text;
  const int words = message.idiag_family == AF_INET ? 1 : 4;
  for (int i = 0; i < words; ++i) {
    std::array<char, 9> word{};
    snprintf(word.data(), word.size(), "%08X", message.id.idiag_src[i]);
    text += word.data();
  }
  return text;
}

TcpSocket Read(const inet_diag_msg& message) {
  return {.address = Hexadecimal(message),
          .port = ntohs(message.id.idiag_sport),
          .peer_port = ntohs(message.id.idiag_dport),
          .state = static_cast<TcpState>(message.idiag_state),
          .inode = message.idiag_inode,
          .has_unread = message.idiag_rqueue > 0};
}

// Appends until the end of the dump; false on an error message.
bool Collect(int fd, std::vector<TcpSocket>& sockets) {
  alignas(nlmsghdr) std::array<char, 16384> buffer;  // not cleared: mostly never touched
  for (;;) {
    auto left = static_cast<unsigned>(recv(fd, buffer.data(), buffer.size(), 0));
    if (static_cast<int>(left) <= 0) return false;
    const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return true;
      if (header->nlmsg_type == NLMSG_ERROR) return false;
      sockets.push_back(Read(*static_cast<const inet_diag_msg*>(NLMSG_DATA(header))));
    }
  }
}

}  // namespace

std::optional<std::vector<TcpSocket>> SocketsBySockDiag(TcpState state) {
  if (getenv("PIDFALL_NO_SOCK_DIAG") != nullptr) return std::nullopt;
  const UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  std::vector<TcpSocket> sockets;
  for (const uint8_t family : {AF_INET, AF_INET6}) {
    if (!fd || !Ask(fd.get(), family, state) || !Collect(fd.get(), sockets)) return std::nullopt;
  }
  return sockets;
}

}  // namespace pidfall
