#include "harness/kernel/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace pidfall {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

[[noreturn]] void Fail(const std::string& what, const Endpoint& endpoint) {
  ThrowErrno(what + " " + endpoint.address + " port " + std::to_string(endpoint.port));
}

SocketAddress AddressOf(const Endpoint& endpoint) {
  SocketAddress address;
  const char* text = endpoint.address.c_str();
  const in_port_t port = htons(static_cast<uint16_t>(endpoint.port));
  auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = port;
    address.size = sizeof(*four);
  } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = port;
    address.size = sizeof(*six);
  } else {
    errno = EAFNOSUPPORT;
    Fail("read the address", endpoint);
  }
  return address;
}

SocketAddress AddressOf(const std::string& unix_name) {
  SocketAddress address;
  auto* local = reinterpret_cast<sockaddr_un*>(&address.storage);
  local->sun_family = AF_UNIX;
  if (unix_name.size() >= sizeof(local->sun_path)) {
    errno = ENAMETOOLONG;
    ThrowErrno("connect to " + unix_name);
  }
  std::copy(unix_name.begin(), unix_name.end(), local->sun_path);
  const bool is_abstract = unix_name.starts_with('@');
  if (is_abstract) local->sun_path[0] = '\0';
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + unix_name.size() +
                                        (is_abstract ? 0 : 1));
  return address;
}

UniqueFd Open(const SocketAddress& address, int type) {
  return UniqueFd(socket(address.storage.ss_family, type | SOCK_CLOEXEC, 0));
}

UniqueFd Connect(const Endpoint& endpoint, int type) {
  const SocketAddress address = AddressOf(endpoint);
  UniqueFd fd = Open(address, type);
  if (connect(fd.get(), address.get(), address.size) != 0) Fail("connect to", endpoint);
  return fd;
}

}  // namespace

UniqueFd ConnectTo(const Endpoint& endpoint) { return Connect(endpoint, SOCK_STREAM); }

UniqueFd ConnectByUdp(const Endpoint& endpoint) { return Connect(endpoint, SOCK_DGRAM); }

UniqueFd ConnectToUnix(const std::string& name) {
  const SocketAddress address = AddressOf(name);
  // An abstract name is one of a type; at a path the other types give EPROTOTYPE.
  for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
    UniqueFd fd = Open(address, type);
    if (connect(fd.get(), address.get(), address.size) == 0) return fd;
  }
  ThrowErrno("connect to " + name);
}

UniqueFd ListenOn(const Endpoint& endpoint) {
  const SocketAddress address = AddressOf(endpoint);
  UniqueFd fd = Open(address, SOCK_STREAM);
  const int on = 1;  // a connection of the port's last owner may be in TIME_WAIT
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd.get(), address.get(), address.size) != 0 || listen(fd.get(), SOMAXCONN) != 0) {
    Fail("listen on", endpoint);
  }
  return fd;
}

}  // namespace pidfall
