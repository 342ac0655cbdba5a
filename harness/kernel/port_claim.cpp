#include "harness/kernel/port_claim.h"

#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pidfall {
namespace {

constexpr unsigned kFirst = 16384, kCount = 16384;

// An abstract socket: it has no file, and belongs to the network namespace like the ports.
UniqueFd ClaimName(unsigned port) {
  const std::string name = "pidfall-port-" + std::to_string(port);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  name.copy(&address.sun_path[1], name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) fd.Reset();
  return fd;
}

bool IsFree(unsigned port) {
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  return bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

// Each claim begins to search at another port, so that few collide.
unsigned RandomOffset() {
  unsigned offset = 0;
  if (getrandom(&offset, sizeof(offset), 0) != sizeof(offset)) ThrowErrno("get a random number");
  return offset % kCount;
}

}  // namespace

PortClaim::PortClaim() {
  const unsigned offset = RandomOffset();
  for (unsigned tried = 0; tried < kCount; ++tried) {
    const unsigned port = kFirst + (offset + tried) % kCount;
    name_ = ClaimName(port);
    if (!name_ || !IsFree(port)) continue;
    port_ = static_cast<int>(port);
    return;
  }
  ThrowErrno("find a free port from " + std::to_string(kFirst) + " on");
}

}  // namespace pidfall
