// The listening TCP sockets of this network namespace, asked of the kernel by netlink.
//
// /proc/net/tcp walks the table of all connections of all namespaces: 1 ms on a machine with much
// memory, where this takes 10 us.
#pragma once

#include <optional>
#include <vector>

#include "harness/probe/sockets.h"

namespace pidfall {

// None where the kernel has no tcp_diag, or PIDFALL_NO_SOCK_DIAG hides it.
std::optional<std::vector<TcpSocket>> ListenersBySockDiag();

}  // namespace pidfall
