// The TCP sockets of this network namespace in one state, asked of the kernel by netlink.
//
// /proc/net/tcp walks the table of all connections of all namespaces, twice a read: 1 ms on a
// machine with much memory, where listeners take 10 us this way.
#pragma once

#include <optional>
#include <vector>

#include "harness/probe/sockets.h"

namespace pidfall {

// None where the kernel has no tcp_diag, or PIDFALL_NO_SOCK_DIAG hides it.
std::optional<std::vector<TcpSocket>> SocketsBySockDiag(TcpState state);

}  // namespace pidfall
