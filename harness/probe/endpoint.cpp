#include "harness/probe/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

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

UniqueFd OpenStream(const SocketAddress& address) {
  return UniqueFd(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

UniqueFd ConnectTo(const Endpoint& endpoint) {
  const SocketAddress address = AddressOf(endpoint);
  UniqueFd fd = OpenStream(address);
  if (connect(fd.get(), address.get(), address.size) != 0) Fail("connect to", endpoint);
  return fd;
}

UniqueFd ListenOn(const Endpoint& endpoint) {
  const SocketAddress address = AddressOf(endpoint);
  UniqueFd fd = OpenStream(address);
  if (bind(fd.get(), address.get(), address.size) != 0 || listen(fd.get(), SOMAXCONN) != 0) {
    Fail("listen on", endpoint);
  }
  return fd;
}

}  // namespace pidfall
