// The address at which a server is reached.
//
//   const UniqueFd client = ConnectTo({.port = 8767});
//   const UniqueFd listening = ListenOn({.address = "::1", .port = 8767});
#pragma once

#include <string>

#include "harness/process/fd.h"

namespace pidfall {

inline constexpr int kLastPort = 65535;

struct Endpoint {
  std::string address = "127.0.0.1";  // or "::1": as inet_pton takes it
  int port = 0;
};

// Each throws std::system_error, which names the endpoint.
UniqueFd ConnectTo(const Endpoint& endpoint);
UniqueFd ConnectByUdp(const Endpoint& endpoint);
// A path, or "@..." for an abstract name; a socket of streams or of packets.
UniqueFd ConnectToUnix(const std::string& name);
UniqueFd ListenOn(const Endpoint& endpoint);

}  // namespace pidfall
